using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tracker.Storage;

namespace Tracker.Access;

/// <summary>
/// A rep's password: one way to sign in, beside the one-time link. Hashed with PBKDF2-HMAC-SHA512; 210,000 rounds are what OWASP's Password Storage Cheat
/// Sheet asks for that function. Fewer rounds stored are raised at the next sign-in.
/// </summary>
public sealed class Passwords(Database database, TimeProvider time) : IDisposable
{
    public const int MinLength = 12, MaxLength = 200, Rounds = 210_000;

    readonly PasswordHasher<Rep> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    /// <summary>Hashing takes a core for a tenth of a second: as many at once as leave the rest of the server running.</summary>
    readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));

    readonly Lazy<string> _nobodys = new(() => new PasswordHasher<Rep>(Options.Create(new PasswordHasherOptions { IterationCount = Rounds })).HashPassword(null!, Secrets.New()));

    /// <summary>Signs in.</summary>
    /// <param name="browser">What the session is listed as.</param>
    /// <returns>The token of a new session; null when address and password do not belong together. Takes as long for an address nobody has.</returns>
    public async Task<string?> SignInAsync(string? email, string password, string browser, CancellationToken ct)
    {
        var rep = email is null ? null : await database.ReadAsync(s => Reps.FindAsync(s, email), ct);
        var hash = rep is null ? null : await database.ReadAsync(s => HashOfAsync(s, rep.Id), ct);
        var result = await CheckAsync(hash ?? _nobodys.Value, password, ct);
        if (rep is null || hash is null || result == PasswordVerificationResult.Failed)
        {
            return null;
        }
        var anew = result == PasswordVerificationResult.SuccessRehashNeeded ? _hasher.HashPassword(rep, password) : null;
        return await database.WriteAsync(async s =>
        {
            if (anew is not null)
            {
                await StoreAsync(s, rep.Id, anew);
            }
            return await Sessions.OpenAsync(s, rep.Id, browser, time.GetUtcNow());
        }, ct);
    }

    /// <summary>Sets or changes it, and ends the rep's other sessions: whoever knew the old one is out.</summary>
    /// <param name="current">Asked for when there is one already.</param>
    /// <param name="session">The one that stays.</param>
    /// <returns>False when the current password is wrong.</returns>
    public async Task<bool> ChangeAsync(Rep rep, string current, string wanted, string session, CancellationToken ct)
    {
        var hash = await database.ReadAsync(s => HashOfAsync(s, rep.Id), ct);
        if (hash is not null && await CheckAsync(hash, current, ct) == PasswordVerificationResult.Failed)
        {
            return false;
        }
        var anew = _hasher.HashPassword(rep, wanted);
        await database.WriteAsync(async s =>
        {
            await StoreAsync(s, rep.Id, anew);
            await Sessions.EndOthersAsync(s, rep.Id, session);
        }, ct);
        return true;
    }

    public static async Task<bool> HasOneAsync(Session session, long repId) => await HashOfAsync(session, repId) is not null;

    public void Dispose() => _hashing.Dispose();

    async Task<PasswordVerificationResult> CheckAsync(string hash, string password, CancellationToken ct)
    {
        await _hashing.WaitAsync(ct);
        try
        {
            return await Task.Run(() => _hasher.VerifyHashedPassword(null!, hash, password), ct);
        }
        finally
        {
            _hashing.Release();
        }
    }

    static Task<string?> HashOfAsync(Session session, long repId) => session.FirstAsync<string?>("select password_hash from reps where id = @repId", new { repId });

    static Task<int> StoreAsync(Session session, long repId, string hash) => session.ExecuteAsync("update reps set password_hash = @hash where id = @repId", new { repId, hash });
}
