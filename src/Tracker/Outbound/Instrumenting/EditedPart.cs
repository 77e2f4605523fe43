namespace Tracker.Outbound.Instrumenting;

/// <summary>A part with its edits and what they make of its encoded bytes.</summary>
sealed record EditedPart(BodyPart Part, IReadOnlyList<Edit> Edits, List<ReadOnlyMemory<byte>> Encoded)
{
    public static EditedPart Of(BodyPart part, IReadOnlyList<Edit> edits) => new(part, edits, part.Body!.Splice(edits));
}
