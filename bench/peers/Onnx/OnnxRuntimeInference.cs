using Microsoft.ML.OnnxRuntime;

namespace Fovea.Peers.Onnx;

/// <summary>ONNX Runtime's inference on the processor, with all its optimizations.</summary>
/// <param name="model">The model's bytes.</param>
/// <param name="x">[N, C, H, W].</param>
internal sealed class OnnxRuntimeInference(byte[] model, Tensor x) : Engine("ONNX Runtime")
{
    private readonly OrtValue _input = OrtValue.CreateTensorValueFromMemory(
        x.ToArray(),
        [.. x.Shape.Sizes.ToArray().Select(s => (long)s)]
    );
    private readonly RunOptions _options = new();
    private readonly Dictionary<int, InferenceSession> _sessions = [];
    private InferenceSession? _session;

    /// <inheritdoc/>
    public override void Use(int threads)
    {
        if (!_sessions.TryGetValue(threads, out _session))
        {
            using SessionOptions options = new()
            {
                IntraOpNumThreads = threads,
                InterOpNumThreads = 1,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            };
            _session = _sessions[threads] = new InferenceSession(model, options);
        }
    }

    /// <inheritdoc/>
    public override void Run()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session!.Run(_options, ["x"], [_input], ["y"]);
    }

    /// <inheritdoc/>
    public override float[] Result()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session!.Run(_options, ["x"], [_input], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (InferenceSession session in _sessions.Values)
        {
            session.Dispose();
        }

        _options.Dispose();
        _input.Dispose();
        base.Dispose();
    }
}
