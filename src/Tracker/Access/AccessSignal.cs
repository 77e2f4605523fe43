using Tracker.Web;

namespace Tracker.Access;

/// <summary>
/// Wakes open streams when somebody's way in was changed or ended on this server: a session, a key, a role. Each then looks whether it may still be read, so that it ends at
/// once. What another server or a command changes is noticed by the streams' own looking again.
/// </summary>
public sealed class AccessSignal : WakeUp;

public static class AccessSignalExtensions
{
    /// <summary>Marks a route that takes somebody's way in, or part of what they may see: open streams look again as soon as it is done.</summary>
    public static RouteHandlerBuilder EndsAccess(this RouteHandlerBuilder route) => route.AddEndpointFilter(async (context, next) =>
    {
        var result = await next(context);
        context.HttpContext.RequestServices.GetRequiredService<AccessSignal>().Wake();
        return result;
    });
}
