namespace Fovea;

/// <summary>An operator that has no form, or whose form has no kernel for its input: it runs as it does outside of
/// compiled networks, between copies.</summary>
internal sealed unsafe class EagerStep(StepBinding binding) : Step
{
    private readonly Node _node = binding.Step.Node;
    private readonly int _batch = binding.Batch;
    private readonly NetworkBuffer?[] _inputs =
    [
        .. binding.Step.Node.Inputs.Select(i => i.Tensor is null ? binding.BufferOf(i) : null),
    ];
    private readonly NetworkBuffer _output = binding.Output;

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        using NoGrad quiet = NoGrad.Enter();
        Tensor[] inputs =
        [
            .. _node.Inputs.Select((v, i) => v.Tensor ?? ItemCopy.Read(arena, _inputs[i]!, v.Shape.At(_batch))),
        ];
        Tensor y = _node.Operator.Apply(inputs);
        ItemCopy.Write(y, 0, _batch, arena, _output);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_node.Name}: {_node.Operator.Name}, eager";
}
