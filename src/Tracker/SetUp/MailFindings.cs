namespace Tracker.SetUp;

/// <summary>Tells what is found as it is found: some of it takes a minute to come.</summary>
sealed class MailFindings
{
    readonly Action<bool, string> _tell;

    public MailFindings(TextWriter output) => _tell = (isWell, text) => output.WriteLine((isWell ? "ok      " : "PROBLEM ") + text);

    /// <summary>For a page, which shows them together.</summary>
    public MailFindings(List<Finding> found) => _tell = (isWell, text) => found.Add(isWell ? Finding.Fine("Test mail", text) : Finding.Wrong("Test mail", text, ""));

    public bool AreAllWell { get; private set; } = true;

    public void Ok(string text) => _tell(true, text);

    public void Problem(string text)
    {
        AreAllWell = false;
        _tell(false, text.TrimEnd());
    }
}
