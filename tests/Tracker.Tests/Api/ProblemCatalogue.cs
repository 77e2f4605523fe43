using System.Net;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

public sealed class ProblemCatalogue(SharedSqlite shared) : IClassFixture<SharedSqlite>
{
    [Fact]
    public async Task Every_type_leads_to_a_page_that_tells_the_way_out()
    {
        foreach (var kind in Problems.All)
        {
            using var response = await shared.Server.Http.GetAsync(kind.Type, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Contains(kind.Title, page, StringComparison.Ordinal);
            Assert.Contains(kind.WayOut, page, StringComparison.Ordinal);
        }
        Assert.Equal("no-such-route", await Answers.ProblemAsync(await shared.Server.Http.GetAsync("/problems/other", TestContext.Current.CancellationToken), HttpStatusCode.NotFound));
    }
}
