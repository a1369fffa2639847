using System.Reflection;
using System.Text.RegularExpressions;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Interop;
using Fovea.Kernels;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>The guides for those who come from elsewhere name only what is public here.</summary>
public sealed partial class NameTableTests
{
    private static readonly ILookup<string, Type> Types = new[]
    {
        typeof(Tensor),
        typeof(WorkerPool),
        typeof(Datasets),
        typeof(Photographs),
        typeof(ModelSource),
        typeof(Safetensors),
        typeof(Trainer),
    }
        .SelectMany(t => t.Assembly.GetExportedTypes())
        .ToLookup(t => t.Name.Split('`')[0], StringComparer.Ordinal);

    [Theory]
    [InlineData("docs/from-pytorch.md", 200)]
    [InlineData("docs/from-keras.md", 150)]
    public void Names_InTheFoveaColumn_ArePublic(string document, int least)
    {
        string[] names =
        [
            .. Row()
                .Matches(File.ReadAllText(Path.Combine(Documents.Root, document)))
                .SelectMany(row => Quoted().Matches(row.Groups[1].Value).Select(m => m.Groups[1].Value)),
        ];
        Assert.True(names.Length >= least, $"{document} has {names.Length} names in its tables");
        string[] unknown = [.. names.Distinct().Where(n => !IsPublic(n))];
        Assert.True(unknown.Length == 0, $"{document} names what is not public: {string.Join(", ", unknown)}");
    }

    [Theory]
    [InlineData("Tensor.Concat", true)]
    [InlineData("Conv2d(paddingMode)", true)]
    [InlineData("Tensor.GradientsOf(createGraph)", true)]
    [InlineData("BatchNorm2d.Forward", true)] // inherited
    [InlineData("Tensor.Cat", false)]
    [InlineData("Conv2d(padding_mode)", false)]
    [InlineData("Conv2D", false)]
    [InlineData("two words", false)]
    public void IsPublic_Names_AreFoundByTypeMemberAndParameter(string name, bool expected) =>
        Assert.Equal(expected, IsPublic(name));

    /// <summary>Whether <c>Type</c>, <c>Type.Member</c>, <c>Type(parameter)</c> of a constructor or
    /// <c>Type.Member(parameter)</c> is public.</summary>
    private static bool IsPublic(string name)
    {
        Match parts = Name().Match(name);
        (string type, string member, string parameter) = (
            parts.Groups[1].Value,
            parts.Groups[2].Value,
            parts.Groups[3].Value
        );
        return parts.Success && Types[type].Any(t => Has(t, member, parameter));
    }

    private static bool Has(Type type, string member, string parameter)
    {
        const BindingFlags Any = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;
        MemberInfo[] found =
            member.Length > 0 ? type.GetMember(member, Any | BindingFlags.FlattenHierarchy)
            : parameter.Length > 0 ? type.GetConstructors()
            : [type];
        return parameter.Length == 0
            ? found.Length > 0
            : found.OfType<MethodBase>().Any(m => m.GetParameters().Any(p => p.Name == parameter));
    }

    /// <summary>A row of two columns, but for the head's rule.</summary>
    [GeneratedRegex(@"^\|[^|\n]*[^|\n-][^|\n]*\|([^|\n]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^([A-Z]\w*)(?:\.([A-Z]\w*))?(?:\((\w+)\))?$")]
    private static partial Regex Name();
}
