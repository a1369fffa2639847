namespace Fovea.Interop.PyTorch;

/// <summary>A name of something in a Python program: a class or a function. It is never looked up.</summary>
/// <param name="Module">Where it is, e.g. <c>collections</c>.</param>
/// <param name="Name">What it is, e.g. <c>OrderedDict</c>.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A dictionary of any kind, in order. Of equal keys the last counts.</summary>
internal sealed class PickleDictionary
{
    /// <summary>Keys and values as they were written.</summary>
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The value of a text; null where there is none.</summary>
    public object? this[string key] => Items.FindLast(i => key.Equals(i.Key)).Value;

    /// <summary>Whether there is such a key.</summary>
    public bool Has(string key) => Items.Exists(i => key.Equals(i.Key));
}

/// <summary>A list or a set.</summary>
internal sealed class PickleList
{
    /// <summary>What is in it.</summary>
    public List<object?> Items { get; } = [];
}

/// <summary>An object of a class that is not known here: what the file says of it, and nothing made of it.</summary>
/// <param name="type">The class, or the function that would make it.</param>
/// <param name="arguments">What that would be given.</param>
internal sealed class PickleObject(PickleGlobal type, object? arguments)
{
    /// <summary>The class, or the function that would make it.</summary>
    public PickleGlobal Type => type;

    /// <summary>What that would be given.</summary>
    public object? Arguments => arguments;

    /// <summary>Its attributes, most often a dictionary; null where there are none.</summary>
    public object? State { get; set; }

    /// <summary>What it holds where it is a kind of dictionary.</summary>
    public PickleDictionary Entries { get; } = new();

    /// <summary>What it holds where it is a kind of list.</summary>
    public PickleList Elements { get; } = new();
}
