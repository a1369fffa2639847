namespace Fovea.Tests;

/// <summary>Layers, and a function that wires them.</summary>
internal sealed class WiredNetwork(Func<Module[], Tensor, Tensor> forward, params Module[] layers) : Module
{
    /// <summary>The layers: l.0, l.1 and so on.</summary>
    [NamedAs("l")]
    public IReadOnlyList<Module> Layers { get; } = layers;

    public override Tensor Forward(Tensor x) => forward([.. Layers], x);
}
