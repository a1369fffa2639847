namespace Fovea.Peers;

/// <summary>One side of the comparison: an inference or a training step, ready to run.</summary>
/// <param name="name">As it is called in messages.</param>
/// <param name="column">Its column of the table, where it shares one with others: the fastest is shown.</param>
internal abstract class Engine(string name, string? column = null) : IDisposable
{
    /// <summary>As it is called in messages.</summary>
    public string Name { get; } = name;

    /// <summary>Its column of the table.</summary>
    public string Column { get; } = column ?? name;

    /// <summary>Sets the threads of all its work. Called before each turn.</summary>
    public virtual void Use(int threads) { }

    /// <summary>Runs once.</summary>
    public abstract void Run();

    /// <summary>Runs once, and gives what must agree: all outputs, or the loss.</summary>
    public abstract float[] Result();

    /// <inheritdoc/>
    public virtual void Dispose() { }
}
