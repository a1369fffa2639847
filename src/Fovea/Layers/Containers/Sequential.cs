using System.Collections;

namespace Fovea;

/// <summary>Modules one after the other. Written as <c>new Sequential(a, b)</c>, with names <c>new Sequential(("conv",
/// a), ("act", b))</c>, or <c>Sequential net = [a, b]</c>.</summary>
/// <remarks>Paths are the names given, or 0, 1, ... by position.</remarks>
public sealed class Sequential : Module, IReadOnlyList<Module>
{
    private readonly List<(string Name, Module Module)> _modules = [];

    /// <summary>Creates an empty chain, the identity; <see cref="Add(Module)"/> extends it.</summary>
    public Sequential() { }

    /// <summary>Creates a chain.</summary>
    /// <param name="modules">The modules in order.</param>
    public Sequential(params Module[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (Module module in modules)
        {
            Add(module);
        }
    }

    /// <summary>Creates a chain of named modules.</summary>
    /// <param name="modules">Names and modules in order.</param>
    /// <exception cref="ArgumentException">A name is empty, contains a dot or comes twice.</exception>
    public Sequential(params (string Name, Module Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach ((string name, Module module) in modules)
        {
            Add(name, module);
        }
    }

    /// <summary>Number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>A module by position.</summary>
    /// <param name="index">0 to Count - 1.</param>
    public Module this[int index] => _modules[index].Module;

    /// <summary>Appends a module, named by its position.</summary>
    /// <param name="module">The module.</param>
    public void Add(Module module) => Add($"{Count}", module);

    /// <summary>Appends a named module.</summary>
    /// <param name="name">One path element: not empty, no dot, not used yet.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentException">The name is empty, contains a dot or is used already.</exception>
    public void Add(string name, Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (
            string.IsNullOrEmpty(name)
            || name.Contains('.', StringComparison.Ordinal)
            || _modules.Any(m => m.Name == name)
        )
        {
            throw new ArgumentException(
                $"Sequential: names must be one path element each and differ, got '{name}' after [{string.Join(", ", _modules.Select(m => m.Name))}].",
                nameof(name)
            );
        }

        _modules.Add((name, module));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        foreach ((_, Module module) in _modules)
        {
            x = module.Forward(x);
        }

        return x;
    }

    /// <summary>Enumerates the modules in order.</summary>
    public IEnumerator<Module> GetEnumerator() => _modules.Select(m => m.Module).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _modules.Select(m => (m.Name, (object)m.Module));
}
