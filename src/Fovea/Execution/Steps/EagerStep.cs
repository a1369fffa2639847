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
    private readonly NetworkBuffer?[] _outputs =
    [
        .. binding.Step.Node.Outputs.Select(o => binding.Step.Outputs.Contains(o) ? binding.BufferOf(o) : null),
    ];

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        using NoGrad quiet = NoGrad.Enter();
        Tensor[] inputs =
        [
            .. _node.Inputs.Select(
                (v, i) => v.Tensor ?? ItemCopy.Read(arena, _inputs[i]!, v.Shape.At(_batch), v.DType)
            ),
        ];
        bool[] wants = Array.ConvertAll(_outputs, o => o is not null);
        Tensor?[] results = _node.Operator.At(_batch).Execute(inputs, wants);
        for (int j = 0; j < results.Length; j++)
        {
            if (_outputs[j] is { } buffer)
            {
                ItemCopy.Write(results[j]!, 0, _batch, arena, buffer);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_node.Name}: {_node.Operator.Name}, eager";
}
