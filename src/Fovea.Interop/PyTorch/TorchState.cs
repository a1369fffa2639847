using System.Globalization;

namespace Fovea.Interop.PyTorch;

/// <summary>Named tensors that belong together, within what was saved.</summary>
/// <param name="Path">Keys that lead to them, with <c>/</c> between; empty for what was saved itself.</param>
/// <param name="Tensors">Names and tensors, in order.</param>
/// <param name="Others">Names of what stands beside the tensors and is none.</param>
/// <param name="Class">The class of the module that held them; null where it was a dictionary.</param>
internal sealed record TorchState(
    string Path,
    IReadOnlyList<(string Name, TorchTensor Tensor)> Tensors,
    IReadOnlyList<string> Others,
    string? Class
)
{
    /// <summary>The path that stands for all states as one.</summary>
    public const string All = "*";

    /// <summary>Several states as one: the name of a tensor is the keys that lead to it, with <c>.</c> between.</summary>
    public static TorchState Joined(IReadOnlyList<TorchState> states, PickleBudget budget)
    {
        List<(string, TorchTensor)> tensors = [];
        foreach (TorchState state in states)
        {
            string prefix = state.Path.Length == 0 ? "" : state.Path.Replace('/', '.') + ".";
            foreach ((string name, TorchTensor tensor) in state.Tensors)
            {
                budget.Take(2L * (prefix.Length + name.Length));
                tensors.Add((prefix + name, tensor));
            }
        }

        return new TorchState(All, tensors, [], null);
    }
}

/// <summary>Finds the states within what was saved.</summary>
/// <param name="budget">Memory for names.</param>
internal sealed class TorchStates(PickleBudget budget)
{
    private const int Deepest = 12;
    private const int DeepestModule = 100;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<TorchState> _found = [];
    private readonly List<string> _optimizers = [];

    /// <summary>What was passed over: states of optimizers.</summary>
    public IReadOnlyList<string> Optimizers => _optimizers;

    /// <summary>All states, in the order of the file, outer ones first.</summary>
    public IReadOnlyList<TorchState> Find(object? root)
    {
        if (root is TorchTensor tensor)
        {
            return [new TorchState("", [("tensor", tensor)], [], null)];
        }

        Visit("", root, 0);
        TorchState? outer = _found.Find(s => s.Path.Length == 0);
        if (_found.Count > 1 && outer is not null && outer.Tensors.All(t => t.Tensor.Sizes.Length == 0))
        {
            _found.Remove(outer); // a loss or a count beside the states
        }

        return _found;
    }

    private void Visit(string path, object? value, int depth)
    {
        if (value is null || depth > Deepest || value is string || (!value.GetType().IsValueType && !_seen.Add(value)))
        {
            return;
        }

        switch (value)
        {
            case PickleObject module when Module(module) is { Count: > 0 } tensors:
                _found.Add(new TorchState(path, tensors, [], module.Type.ToString()));
                break;
            case PickleDictionary optimizer when IsOptimizer(path, optimizer):
                _optimizers.Add(path.Length == 0 ? "the whole file" : $"'{path}'");
                break;
            case PickleDictionary dictionary:
                VisitItems(path, Last(dictionary), depth);
                break;
            case PickleObject { Entries.Items.Count: > 0 } kind:
                VisitItems(path, Last(kind.Entries), depth);
                break;
            case PickleList list:
                VisitItems(path, Numbered(list.Items), depth);
                break;
            case object?[] tuple:
                VisitItems(path, Numbered(tuple), depth);
                break;
            default:
                break;
        }
    }

    private static bool IsOptimizer(string path, PickleDictionary dictionary) =>
        path.Split('/')[^1].StartsWith("optim", StringComparison.OrdinalIgnoreCase)
        || (dictionary.Has("param_groups") && dictionary.Has("state"));

    private void VisitItems(string path, List<(string Key, object? Value)> items, int depth)
    {
        List<(string, TorchTensor)> tensors = [];
        List<string> others = [];
        foreach ((string key, object? value) in items)
        {
            if (value is TorchTensor tensor)
            {
                tensors.Add((key, tensor));
            }
            else
            {
                others.Add(key);
            }
        }

        if (tensors.Count > 0)
        {
            _found.Add(new TorchState(path, tensors, others, null));
        }

        foreach ((string key, object? value) in items.Where(i => i.Value is not TorchTensor))
        {
            budget.Take(2L * (path.Length + key.Length));
            Visit(path.Length == 0 ? key : $"{path}/{key}", value, depth + 1);
        }
    }

    private List<(string Key, object? Value)> Numbered(IReadOnlyList<object?> values)
    {
        budget.Take(100L * values.Count);
        return [.. values.Select((v, i) => (i.ToString(CultureInfo.InvariantCulture), v))];
    }

    /// <summary>Items under texts; of equal keys the last.</summary>
    private List<(string Key, object? Value)> Last(PickleDictionary dictionary)
    {
        budget.Take(100L * dictionary.Items.Count);
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        List<(string, object?)> items = [];
        foreach ((object? key, object? value) in dictionary.Items)
        {
            if (key is not string text)
            {
                continue;
            }

            if (places.TryGetValue(text, out int at))
            {
                items[at] = (text, value);
            }
            else
            {
                places.Add(text, items.Count);
                items.Add((text, value));
            }
        }

        return items;
    }

    /// <summary>Parameters and buffers of a module that was saved whole, by the names of its state dictionary; null where
    /// the object is no module.</summary>
    private List<(string, TorchTensor)>? Module(PickleObject module)
    {
        bool isScript = module.Type.Module.StartsWith("__torch__", StringComparison.Ordinal);
        if (module.State is not PickleDictionary state || !(state.Has("_modules") || isScript))
        {
            return null;
        }

        List<(string, TorchTensor)> tensors = [];
        Gather("", module, 0, tensors);
        return tensors;
    }

    private void Gather(string prefix, PickleObject module, int depth, List<(string, TorchTensor)> tensors)
    {
        if (module.State is not PickleDictionary state || depth > DeepestModule)
        {
            return;
        }

        IEnumerable<(string Key, object? Value)> members = state.Has("_modules")
            ? Entries(state, "_parameters").Concat(Buffers(state)).Concat(Entries(state, "_modules"))
            : Last(state);
        foreach ((string key, object? value) in members)
        {
            budget.Take(64 + (2L * (prefix.Length + key.Length)));
            if (value is TorchTensor tensor)
            {
                tensors.Add((prefix + key, tensor));
            }
            else if (value is PickleObject part)
            {
                Gather($"{prefix}{key}.", part, depth + 1, tensors);
            }
        }
    }

    private List<(string Key, object? Value)> Entries(PickleDictionary state, string name) =>
        state[name] is PickleDictionary entries ? Last(entries) : [];

    private IEnumerable<(string Key, object? Value)> Buffers(PickleDictionary state)
    {
        HashSet<string> temporary =
        [
            .. (state["_non_persistent_buffers_set"] as PickleList)?.Items.OfType<string>() ?? [],
        ];
        return Entries(state, "_buffers").Where(b => !temporary.Contains(b.Key));
    }
}
