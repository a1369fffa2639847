using Fovea.Graphs;
using Fovea.Interop;
using Microsoft.ML.OnnxRuntime;

namespace Fovea.Peers.Onnx;

/// <summary>ONNX Runtime's inference on the processor, with all its optimizations, of the network as the library exports
/// it.</summary>
internal sealed class OnnxRuntimeInference : Engine
{
    private const string Input = "x",
        Output = "y";

    private readonly OrtValue _input;
    private readonly RunOptions _options = new();
    private readonly InferenceSession _session;

    /// <summary>Exports the network to a file that is there only while it is read.</summary>
    /// <param name="graph">Traced in evaluation.</param>
    /// <param name="x">[N, C, H, W] or [N, C, L].</param>
    /// <param name="threads">Threads within an operator. They wait busily, as is the default.</param>
    /// <param name="profile">The beginning of the path of a file with the times of nodes; null for none.</param>
    public OnnxRuntimeInference(Graph graph, Tensor x, int threads, string? profile = null)
        : base("ONNX Runtime")
    {
        _input = OrtValue.CreateTensorValueFromMemory(x.ToArray(), [.. x.Shape.Sizes.ToArray().Select(s => (long)s)]);
        using SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        if (profile is not null)
        {
            options.ProfileOutputPathPrefix = profile;
            options.EnableProfiling = true;
        }

        string folder = Directory.CreateTempSubdirectory("fovea-peers-").FullName;
        try
        {
            string path = Path.Combine(folder, "network.onnx");
            OnnxExport.Save(
                graph,
                path,
                new OnnxExportOptions
                {
                    InputNames = [Input],
                    OutputNames = [Output],
                    Check = false, // outputs are compared anyway
                }
            );
            _session = new InferenceSession(path, options);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Ends the profile.</summary>
    /// <returns>The path of its file.</returns>
    public string EndProfile() => _session.EndProfiling();

    /// <inheritdoc/>
    public override void Run()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, [Input], [_input], [Output]);
    }

    /// <inheritdoc/>
    public override float[] Result()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, [Input], [_input], [Output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _input.Dispose();
        base.Dispose();
    }
}
