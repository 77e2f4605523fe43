using System.Text;

namespace Tracker.Storage;

/// <summary>Text from mail, which may hold anything, as both databases can keep it.</summary>
public static class StoredText
{
    /// <summary>The same text, but for U+0000 (PostgreSQL refuses it) and halves of surrogate pairs, which become U+FFFD.</summary>
    public static string Of(string text)
    {
        foreach (var c in text)
        {
            if (c == '\0' || char.IsSurrogate(c))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');
            }
        }
        return text;
    }
}
