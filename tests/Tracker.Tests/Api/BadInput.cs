using System.Net;
using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Whatever is wrong with a request, its answer is a problem from the catalogue that names what is wrong.</summary>
public abstract class BadInput(SharedServer shared)
{
    [Theory]
    [MemberData(nameof(BadInputCases.Names), MemberType = typeof(BadInputCases))]
    public async Task Is_answered_with_a_problem_that_names_it(string what)
    {
        var bad = BadInputCases.All[what];
        var server = shared.Server;
        await server.RepAsync("olga@example.com", "Olga");
        var (method, path) = (bad.Request.Split(' ')[0], bad.Request.Split(' ')[1]);
        HttpContent? content = null;
        if (bad.Body is not null)
        {
            content = new ByteArrayContent(Encoding.UTF8.GetBytes(bad.Body));
            content.Headers.ContentType = bad.Type.Length == 0 ? null : new(bad.Type);
        }
        using var response = await (bad.Unbound ? shared.Unbound : shared.Rita).SendAsync(new(method), path, content, ("Accept", bad.Accept));
        var slug = await Answers.ProblemAsync(response, (HttpStatusCode)bad.Problem.Status);
        Assert.Equal(bad.Problem.Slug, slug);
        var detail = (await Answers.JsonAsync(response, response.StatusCode)).Text("detail");
        Assert.Contains(bad.Detail, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", detail, StringComparison.Ordinal);
    }
}

public sealed class BadInputOnSqlite(SharedSqlite shared) : BadInput(shared), IClassFixture<SharedSqlite>;

public sealed class BadInputOnPostgres(SharedPostgres shared) : BadInput(shared), IClassFixture<SharedPostgres>;
