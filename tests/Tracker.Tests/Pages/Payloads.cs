namespace Tracker.Tests.Pages;

/// <summary>
/// Ways to run a script where text is shown carelessly: elements, attributes, URLs, broken markup, encodings, templates, style, SVG and MathML. Each runs
/// <c>pwn(n)</c> or opens a dialog when it succeeds. The families are those of OWASP's XSS Filter Evasion Cheat Sheet.
/// </summary>
static class Payloads
{
    static readonly string[] Calls = ["alert(1)", "pwn(1)", "confirm`1`", "prompt(document.cookie)"];

    static readonly string[] Shapes =
    [
        "<script>§</script>", "<script src=data:text/javascript,§></script>", "\"><script>§</script>", "'><script>§</script>", "</title><script>§</script>", "</textarea><script>§</script>",
        "</style><script>§</script>", "</script><script>§</script>", "--><script>§</script>", "]]><script>§</script>", "<scr<script>ipt>§</scr</script>ipt>", "<SCRIPT>§</SCRIPT>",
        "<img src=x onerror=§>", "\"><img src=x onerror=§>", "<img/src/onerror=§>", "<img src=x:x onerror\n=§>", "<svg onload=§>", "<svg><script>§</script></svg>", "<svg><animate onbegin=§ attributeName=x>",
        "<svg/onload=§//", "<math><mi xlink:href=\"javascript:§\">x</mi></math>", "<body onload=§>", "<input autofocus onfocus=§>", "<select autofocus onfocus=§>", "<textarea autofocus onfocus=§>",
        "<details open ontoggle=§>", "<video><source onerror=§></video>", "<audio src=x onerror=§>", "<marquee onstart=§>", "<iframe src=\"javascript:§\">", "<iframe srcdoc=\"<script>parent.§</script>\">",
        "<object data=\"javascript:§\">", "<embed src=\"javascript:§\">", "<a href=\"javascript:§\" id=x autofocus>x</a>", "<form action=\"javascript:§\"><button autofocus>x</button></form>",
        "<base href=\"javascript:§//\">", "<link rel=stylesheet href=\"javascript:§\">", "<meta http-equiv=refresh content=\"0;url=javascript:§\">", "<style>@import 'javascript:§';</style>",
        "<div style=\"background:url(javascript:§)\">x</div>", "\" onmouseover=§ autofocus onfocus=§ x=\"", "' onmouseover=§ autofocus onfocus=§ x='", "` onfocus=§ autofocus `", "\" style=\"animation-name:x\" onanimationstart=§ \"",
        "javascript:§", "java\tscript:§", "data:text/html,<script>§</script>", "{{constructor.constructor('§')()}}", "${§}", "#{§}", "<%= § %>", "@(§)", "@{ § }", "\\u003cscript\\u003e§\\u003c/script\\u003e",
        "%3Cscript%3E§%3C/script%3E", "&lt;script&gt;§&lt;/script&gt;", "&#60;script&#62;§&#60;/script&#62;", "<template><script>§</script></template>", "<noscript><p title=\"</noscript><img src=x onerror=§>\">", "<x onclick=§ tabindex=0 autofocus onfocus=§>",
    ];

    /// <summary>More than 200, no two the same.</summary>
    public static IReadOnlyList<string> All { get; } = [.. from shape in Shapes from call in Calls select shape.Replace("§", call, StringComparison.Ordinal)];
}
