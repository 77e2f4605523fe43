namespace Tracker.Commands.Doctor;

/// <summary>Tells what is found as it is found: some of it takes a minute to come.</summary>
sealed class MailFindings(TextWriter output)
{
    public bool AreAllWell { get; private set; } = true;

    public void Ok(string text) => output.WriteLine($"ok      {text}");

    public void Problem(string text)
    {
        AreAllWell = false;
        output.WriteLine($"PROBLEM {text.TrimEnd()}");
    }
}
