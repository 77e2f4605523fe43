using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tracker.Tests.Architecture;

/// <summary>The domain is rules and arithmetic: facts in, answers out. Read from the compiled assembly, so no using directive can hide anything.</summary>
public sealed class DomainTests
{
    static (List<string> Assemblies, List<string> Members) References()
    {
        using var pe = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Tracker.Domain.dll")));
        var reader = pe.GetMetadataReader();
        string TypeName(EntityHandle handle)
        {
            if (handle.Kind != HandleKind.TypeReference)
            {
                return "";
            }
            var type = reader.GetTypeReference((TypeReferenceHandle)handle);
            return type.ResolutionScope.Kind == HandleKind.TypeReference
                ? $"{TypeName(type.ResolutionScope)}+{reader.GetString(type.Name)}"
                : $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }
        var members = reader.MemberReferences.Select(h => reader.GetMemberReference(h)).Select(m => $"{TypeName(m.Parent)}.{reader.GetString(m.Name)}");
        var types = reader.TypeReferences.Select(h => TypeName(h) + ".");
        return ([.. reader.AssemblyReferences.Select(h => reader.GetString(reader.GetAssemblyReference(h).Name))], [.. members.Concat(types)]);
    }

    [Fact]
    public void It_references_the_base_library_only() => Assert.All(References().Assemblies, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Theory]
    [InlineData("System.IO.")]
    [InlineData("System.Net.")]
    [InlineData("System.Data.")]
    [InlineData("System.Diagnostics.Process")]
    [InlineData("System.Diagnostics.Stopwatch.")]
    [InlineData("System.Threading.")]
    [InlineData("System.Console.")]
    [InlineData("System.Environment.")]
    [InlineData("System.Random.")]
    [InlineData("System.TimeProvider.")]
    [InlineData("System.TimeZoneInfo.get_Local")]
    [InlineData("System.DateTime.get_Now")]
    [InlineData("System.DateTime.get_UtcNow")]
    [InlineData("System.DateTime.get_Today")]
    [InlineData("System.DateTimeOffset.get_Now")]
    [InlineData("System.DateTimeOffset.get_UtcNow")]
    [InlineData("System.Guid.NewGuid")]
    [InlineData("System.Security.Cryptography.RandomNumberGenerator.")]
    public void It_has_no_clock_no_chance_and_no_way_out(string banned) =>
        Assert.DoesNotContain(References().Members, member => member.StartsWith(banned, StringComparison.Ordinal));

    [Fact]
    public void The_scan_sees_what_is_there() => Assert.Contains("System.Security.Cryptography.IncrementalHash.CreateHMAC", References().Members);
}
