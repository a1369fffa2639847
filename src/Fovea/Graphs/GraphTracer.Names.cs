using System.Text.RegularExpressions;

namespace Fovea;

internal sealed partial class GraphTracer
{
    /// <summary>The first size of a shape, and counts of elements.</summary>
    [GeneratedRegex(@"(?<=\[)\d+(?=[,\]])|\d+(?= elements)")]
    private static partial Regex BatchCount();

    /// <summary>A multiple of the placeholder as a multiple of N.</summary>
    private string Open(Match match) =>
        !long.TryParse(match.Value, out long size) || size == 0 || size % _batch != 0 ? match.Value : Multiple(size);

    private string Multiple(long size) => size == _batch ? "N" : $"{size / _batch}N";

    private string NameFor(Node node)
    {
        string path = node.Operator.Owner is { } owner ? Relative(owner.Path) : "";
        string name = Replaying switch
        {
            null => path.Length > 0 ? path : Derived(node),
            (string replaced, true) when path.Length > 0 && !_owners.Contains(node.Operator.Owner!) =>
                $"{replaced}.{path}",
            (string replaced, true) when path.Length > 0 && path != replaced =>
                $"{replaced}.{node.Operator.Name.ToLowerInvariant()}",
            (string replayed, _) => replayed,
        };
        int uses = _names[name] = _names.GetValueOrDefault(name) + 1;
        return uses == 1 ? name : $"{name}#{uses}";
    }

    private string NameFor(Tensor tensor, string path) =>
        _given.TryGetValue(tensor, out string? name) ? name
        : Replaying is (string replaced, true) ? $"{replaced}.{path}"
        : Relative(path);

    /// <summary>
    /// A name for an operation of no layer: the module of the newest layer among its inputs, and the operator. Chains
    /// apply nothing of their own, so it is the module around them.
    /// </summary>
    private string Derived(Node node)
    {
        string module = Parent(
            node.Inputs.Where(i => i.Producer is not null).MaxBy(i => i.Producer!.Index)?.Name ?? ""
        );
        while (module.Length > 0 && _chains.Contains(module))
        {
            module = Parent(module);
        }

        string word = node.Operator.Name.ToLowerInvariant();
        return module.Length == 0 ? word : $"{module}.{word}";

        static string Parent(string name) => name.LastIndexOf('.') is > 0 and int dot ? name[..dot] : "";
    }

    private string Relative(string path) =>
        _root.Length > 0 && path.StartsWith(_root + ".", StringComparison.Ordinal) ? path[(_root.Length + 1)..] : path;
}
