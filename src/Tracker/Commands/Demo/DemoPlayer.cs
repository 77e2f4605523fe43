using System.Net;
using System.Text;
using System.Text.Json;

namespace Tracker.Commands.Demo;

/// <summary>Sends the morning's mail over REST and then plays the day against what came back.</summary>
sealed class DemoPlayer(DemoApi api, TimeProvider time)
{
    sealed record Copy(string OpenUrl, IReadOnlyDictionary<string, string> Links);

    /// <summary>By recipient; the last mail counts where somebody got two.</summary>
    readonly Dictionary<string, Copy> _copies = [];

    /// <summary>The morning: everybody is known, and has their mail.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        foreach (var prospect in Cast.Prospects)
        {
            await api.SendAsync(HttpMethod.Put, "prospects", new { prospect.Email, prospect.Name, prospect.Phone, prospect.Company }, ct);
        }
        foreach (var mail in Cast.Mails)
        {
            await SendAsync(mail, ct);
        }
    }

    public async Task RunAsync(TimeSpan prelude, CancellationToken ct)
    {
        await PrepareAsync(ct);
        await Task.Delay(prelude, time, ct);
        var start = time.GetTimestamp();
        foreach (var moment in SalesDay.Moments)
        {
            var wait = TimeSpan.FromSeconds(moment.At) - time.GetElapsedTime(start);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, ct);
            await PlayAsync(moment, ct);
        }
        await Task.Delay(TimeSpan.FromSeconds(4), time, ct);
        HotTable.Show(await api.GetAsync("prospects/hot?limit=5", ct));
        for (var i = 0; ; i++)
        {
            var visit = SalesDay.Evening[i % SalesDay.Evening.Length];
            await Task.Delay(TimeSpan.FromSeconds(visit.At), time, ct);
            await PlayAsync(visit, ct);
        }
    }

    async Task SendAsync(DemoMail mail, CancellationToken ct)
    {
        var sentAt = Uri.EscapeDataString((time.GetUtcNow() - TimeSpan.FromMinutes(mail.SentMinutesAgo)).ToString("O"));
        var message = await api.SendAsync(HttpMethod.Post, $"messages?rep={mail.From.Email}&sentAt={sentAt}&mime=false", new
        {
            from = $"{mail.From.Name} <{mail.From.Email}>",
            to = new[] { Address(mail.To[0]) },
            cc = mail.To.Skip(1).Select(Address),
            mail.Subject,
            html = Html(mail),
            metadata = new { deal = mail.To[0].Company },
        }, ct);
        foreach (var copy in message.GetProperty("copies").EnumerateArray())
        {
            _copies[copy.GetProperty("recipient").GetString()!] = new(copy.GetProperty("openUrl").GetString()!, copy.GetProperty("links").EnumerateArray()
                .ToDictionary(l => l.GetProperty("label").GetString()!, l => l.GetProperty("trackedUrl").GetString()!));
        }
    }

    static string Address(DemoProspect prospect) => $"{prospect.Name} <{prospect.Email}>";

    static string Html(DemoMail mail)
    {
        var html = new StringBuilder($"<html><body><p>Hello {mail.To[0].Name.Split(' ')[0]},</p><p>{mail.Text}</p><ul>");
        foreach (var link in mail.Links)
        {
            html.Append(System.Globalization.CultureInfo.InvariantCulture, $"<li><a href=\"https://www.example.com/larkfield/{link.Link}\">{WebUtility.HtmlEncode(link.Label)}</a></li>");
        }
        return html.Append(System.Globalization.CultureInfo.InvariantCulture, $"</ul><p>{mail.From.Name}<br>Larkfield</p></body></html>").ToString();
    }

    public Task PlayAsync(Moment moment, CancellationToken ct) => moment switch
    {
        Visit visit => VisitAsync(visit, ct),
        Answer answer => AnswerAsync(answer, ct),
        _ => throw new InvalidOperationException($"No one knows how to play {moment}."),
    };

    Task VisitAsync(Visit visit, CancellationToken ct)
    {
        var copy = _copies[visit.Copy.Email];
        return visit.Links switch
        {
            [] => api.VisitAsync(copy.OpenUrl, visit.By.Picture, ct),
            [SalesDay.Every] => Task.WhenAll(copy.Links.Values.Select(url => api.VisitAsync(url, visit.By.Page, ct))),
            var labels => Task.WhenAll(labels.Select(label => api.VisitAsync(copy.Links[label], visit.By.Page, ct))),
        };
    }

    async Task AnswerAsync(Answer answer, CancellationToken ct)
    {
        var prompts = await api.GetAsync("prompts?state=open", ct);
        var prompt = prompts.GetProperty("items").EnumerateArray().FirstOrDefault(p => p.GetProperty("email").GetString() == answer.About.Email);
        // The user may have answered it already; then there is nothing left for the rep to do.
        if (prompt.ValueKind == JsonValueKind.Object)
        {
            var next = answer.Next is { } agreed ? new { agreed.Kind, at = time.GetUtcNow().AddDays(agreed.Days), agreed.Reason } : null;
            await api.SendAsync(HttpMethod.Post, $"prompts/{prompt.GetProperty("id").GetString()}/outcome", new { answer.Outcome, answer.Note, answer.Minutes, nextStep = next }, ct);
        }
    }
}
