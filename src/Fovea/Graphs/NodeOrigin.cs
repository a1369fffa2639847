namespace Fovea.Graphs;

/// <summary>Which part of a training step a node belongs to.</summary>
public enum NodeOrigin
{
    /// <summary>The network and its loss.</summary>
    Forward,

    /// <summary>The gradient of a node.</summary>
    Gradient,

    /// <summary>A forward node that is computed once more for the gradient, so that its result need not be kept. Such nodes
    /// must not be merged with the first.</summary>
    Recomputed,
}
