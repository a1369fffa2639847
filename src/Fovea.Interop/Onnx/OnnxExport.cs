using Fovea.Interop.Onnx;

namespace Fovea.Interop;

/// <summary>Writes networks as ONNX files.</summary>
/// <remarks>
/// <para>Parameters keep their names, batch normalizations stay unless they are to be folded, and the batch is open. Layers
/// that do nothing in evaluation, as dropout, are left out. The same network and options give the same bytes; so does a file
/// that was written here, read by <see cref="OnnxNetwork.Load"/> and written again.</para>
/// <para>The running statistics' count of batches is not in the file. Momentum is, as one minus that of the house; an average
/// over all batches, which has none, is written as 0.9.</para>
/// </remarks>
public static class OnnxExport
{
    /// <summary>Writes a network.</summary>
    /// <param name="module">The network. Written is what it does in evaluation; its mode is as before afterwards.</param>
    /// <param name="itemShape">Shape of an item, without the batch: [C, H, W] or [C, L].</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <exception cref="ModelFormatException">The network has what an ONNX file cannot hold; the message lists operators
    /// with their nodes. Or a size cannot be left open.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static OnnxExportResult Save(Module module, Shape itemShape, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Save(
            module is OnnxNetwork network ? network.ToGraph(itemShape) : Graph.Trace(module, itemShape),
            path,
            options
        );
    }

    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph, traced in evaluation.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <exception cref="ModelFormatException">The graph has what an ONNX file cannot hold; the message lists operators with
    /// their nodes. Or a size cannot be left open.</exception>
    /// <exception cref="InvalidOperationException">The graph was traced as in training.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static OnnxExportResult Save(Graph graph, string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxExportOptions();
        (OnnxModel model, Graph? other) = Make(graph, options);
        string? data = OnnxFile.Write(model, path, options.ExternalData);
        OnnxExportResult result = new(
            path,
            data,
            OnnxModelWriter.OpsetOf(graph, options),
            (int)model.Proto.IrVersion,
            model.Proto.Graph.Node.Count,
            model.Bytes,
            null,
            null
        );
        if (!options.Check)
        {
            return result;
        }

        OnnxNetwork network = OnnxNetwork.Load(path);
        (double difference, double value) = SelfCheck.Compare(network, graph, options);
        if (other is not null)
        {
            (double there, double largest) = SelfCheck.Compare(network, other, options);
            (difference, value) = (Math.Max(difference, there), Math.Max(value, largest));
        }

        return result with
        {
            LargestDifference = difference,
            LargestValue = value,
        };
    }

    /// <summary>A graph as the bytes of an ONNX file, which is not checked.</summary>
    /// <param name="graph">The graph, traced in evaluation.</param>
    /// <param name="options">How; null for the usual. Tensors are inside.</param>
    /// <exception cref="ModelFormatException">As for <see cref="Save(Graph, string, OnnxExportOptions?)"/>, or the tensors have
    /// more than 2 GB.</exception>
    /// <exception cref="InvalidOperationException">The graph was traced as in training.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static byte[] ToBytes(Graph graph, OnnxExportOptions? options = null) =>
        OnnxFile.Bytes(Make(graph, options ?? new OnnxExportOptions()).Model);

    private static (OnnxModel Model, Graph? Other) Make(Graph graph, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.IsTraining)
        {
            throw new InvalidOperationException(
                $"{graph.Name}: the graph was traced as in training, where normalizations use the batch and units are dropped. Trace it without training."
            );
        }

        if (options.Opset is < OnnxModelWriter.OldestOpset or > OnnxReader.NewestOpset)
        {
            throw new ArgumentException(
                $"ONNX export: opsets {OnnxModelWriter.OldestOpset} to {OnnxReader.NewestOpset} are written, got {options.Opset}."
            );
        }

        options.Preprocessing?.Require(graph);
        OpenSizes sizes = new(graph, options);
        OnnxModel model = OnnxModelWriter.Make(graph, options);
        Graph? other = sizes.Other();
        if (other is not null)
        {
            sizes.Open(model, OnnxModelWriter.Make(other, options));
        }

        return (model, other);
    }
}
