namespace Fovea.Graphs;

/// <summary>Names the nodes and values of a graph that is being made.</summary>
internal sealed class GraphNames
{
    private readonly string _root;
    private readonly Dictionary<string, int> _uses = [];
    private readonly HashSet<Module> _owners = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, string> _given = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _chains = [];

    public GraphNames(Module? root)
    {
        _root = root?.Path ?? "";
        _chains.UnionWith(root?.NamedModules().Where(m => m.Module is Sequential).Select(m => m.Path) ?? []);
    }

    /// <summary>The node being replayed, and whether something is put in its place.</summary>
    public (string Name, bool IsReplaced)? Replaying { get; set; }

    /// <summary>Which part of a training step is being made.</summary>
    public NodeOrigin Origin { get; private set; }

    /// <summary>The forward node whose gradient is being made, or that is made once more; empty for none.</summary>
    public string Source { get; private set; } = "";

    /// <summary>What operators without a layer are named by: the node of a file that they stand for; empty for none.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Names what follows by a forward node: <c>grad.NODE</c> its gradient, <c>again.NODE</c> itself once
    /// more.</summary>
    public void Enter(NodeOrigin origin, string source) => (Origin, Source) = (origin, source);

    /// <summary>Names what follows as usual.</summary>
    public void Leave() => (Origin, Source) = (NodeOrigin.Forward, "");

    /// <summary>Layers of the graph that is replayed: one that is put in the place of another is named there by its
    /// operator.</summary>
    public void Own(IEnumerable<Module> owners) => _owners.UnionWith(owners);

    /// <summary>Gives a parameter, state or constant the name it had in the graph that is replayed.</summary>
    public void Give(Tensor tensor, string name) => _given[tensor] = name;

    /// <summary>The name of a node.</summary>
    public string For(Node node) =>
        Unique(
            Origin switch
            {
                NodeOrigin.Gradient => $"grad.{Source}",
                NodeOrigin.Recomputed => $"again.{Source}",
                _ => ForForward(node),
            }
        );

    /// <summary>The name of a tensor that stands beside the graph.</summary>
    public string For(Tensor tensor, string path) =>
        _given.TryGetValue(tensor, out string? name) ? name
        : Replaying is (string replaced, true) ? $"{replaced}.{path}"
        : Relative(path);

    /// <summary>A name that nothing has yet: with #2, #3 behind it where it is taken.</summary>
    public string Unique(string name)
    {
        int uses = _uses[name] = _uses.GetValueOrDefault(name) + 1;
        return uses == 1 ? name : $"{name}#{uses}";
    }

    private string ForForward(Node node)
    {
        string path = node.Operator.Owner is { } owner ? Relative(owner.Path) : "";
        return Replaying switch
        {
            null => path.Length > 0 ? path
            : Scope.Length > 0 ? Scope
            : Derived(node),
            (string replaced, true) when path.Length > 0 && !_owners.Contains(node.Operator.Owner!) =>
                $"{replaced}.{path}",
            (string replaced, true) when path.Length > 0 && path != replaced =>
                $"{replaced}.{node.Operator.Name.ToLowerInvariant()}",
            (string replayed, _) => replayed,
        };
    }

    /// <summary>
    /// A name for an operation of no layer: the module of the newest layer among its inputs, and the operator. Chains
    /// apply nothing of their own, so it is the module around them.
    /// </summary>
    private string Derived(Node node)
    {
        string module = Parent(
            node.Inputs.Where(i => i.Producer is not null).MaxBy(i => i.Producer!.Index)?.Producer!.Name ?? ""
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
