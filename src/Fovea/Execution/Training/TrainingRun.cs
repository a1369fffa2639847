using Fovea.Graphs;

namespace Fovea;

/// <summary>The tensors of one run of a training step.</summary>
internal sealed unsafe class TrainingRun
{
    private readonly Dictionary<Value, Tensor> _tensors = [];

    /// <summary>Where the working memory lies that the jobs of a pass share.</summary>
    public float* Shared { get; set; }

    /// <summary>Sees the values that the step was made to show; null for nobody.</summary>
    public Action<Value, Tensor>? See { get; init; }

    /// <summary>A value as a tensor: a parameter, a state, an input, or what a pass left.</summary>
    public Tensor Get(Value value) => value.Tensor ?? _tensors[value];

    /// <summary>Leaves a value.</summary>
    public void Set(Value value, Tensor tensor) => _tensors[value] = tensor;

    /// <summary>Lets go of a value that nothing reads any more.</summary>
    public void Drop(Value value) => _tensors.Remove(value);
}
