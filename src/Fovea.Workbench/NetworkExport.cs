using System.Globalization;
using System.Text.Json.Nodes;
using Fovea.Data;
using Fovea.Interop;

namespace Fovea.Workbench;

/// <summary>Writes networks as ONNX files, as their user names them: with the preprocessing and the classes of a run.</summary>
public static class NetworkExport
{
    /// <summary>The key under which a file holds the preprocessing, as <see cref="Preprocessing.ToJson"/> writes it.</summary>
    public const string PreprocessingKey = "preprocessing";

    /// <summary>The key under which a file holds the names of the classes, a list of JSON.</summary>
    public const string ClassesKey = "classes";

    /// <summary>The key under which a file says the largest raw value, where it prepares items itself.</summary>
    public const string RangeKey = "range";

    /// <summary>Writes a network.</summary>
    /// <param name="model">A name of the zoo, network text or a file of it, an ONNX file, a run folder or a checkpoint.</param>
    /// <param name="path">The file.</param>
    /// <param name="request">How.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="ArgumentException">The model or an option is wrong, or weights do not fit.</exception>
    /// <exception cref="IOException">Something cannot be read or written, or the network has what an ONNX file cannot
    /// hold.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public static OnnxExportResult Save(
        string model,
        string path,
        NetworkExportRequest request,
        Action<string>? notice = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(request);
        NetworkSource source = NetworkSource.Find(model, notice);
        (Module module, Shape item) = source.Open(request.Item);
        if (request.Weights is { } weights)
        {
            StartingWeights.LoadAll(module, weights, request.State, notice ?? (_ => { }));
        }

        Preprocessing? preprocessing = source.Preprocessing;
        if (request.PixelRange is { } && preprocessing is null)
        {
            throw new ArgumentException(
                $"--preprocess: {model} has no preprocessing, as only runs and checkpoints have. Give a run, or leave it out."
            );
        }

        OnnxExportOptions options = request.Options with
        {
            Metadata = Metadata(request.Options.Metadata, preprocessing, request.PixelRange),
            Preprocessing = request.PixelRange is { } range ? Nodes(preprocessing!, range) : null,
        };
        return OnnxExport.Save(source.TraceEvaluation(request.Item is null ? null : item), path, options);
    }

    private static Dictionary<string, string> Metadata(
        IReadOnlyDictionary<string, string> given,
        Preprocessing? preprocessing,
        double? range
    )
    {
        Dictionary<string, string> metadata = new(given);
        if (preprocessing is not null)
        {
            metadata[PreprocessingKey] = preprocessing.ToJson();
            if (range is { } largest)
            {
                metadata[RangeKey] = largest.ToString("R", CultureInfo.InvariantCulture);
            }

            metadata[ClassesKey] = new JsonArray([
                .. preprocessing.Classes.Select(c => (JsonNode)JsonValue.Create(c)!),
            ]).ToJsonString();
        }

        return metadata;
    }

    private static OnnxPreprocessing Nodes(Preprocessing preprocessing, double range) =>
        new()
        {
            Mean = preprocessing.Mean,
            Std = preprocessing.Std,
            NormalizesItems = preprocessing.NormalizeInstances,
            Range = range,
        };
}

/// <summary>How a network is written.</summary>
public sealed record NetworkExportRequest
{
    /// <summary>Shape of an item; null for that which the network was designed for or trained on.</summary>
    public Shape? Item { get; init; }

    /// <summary>A run folder, checkpoint or file whose weights the network takes; all of them must be there. Null for its
    /// own.</summary>
    public string? Weights { get; init; }

    /// <summary>Which state of a checkpoint of PyTorch <see cref="Weights"/> means; null for the only one.</summary>
    public string? State { get; init; }

    /// <summary>The largest raw value where the file is to take raw items, 255 or 1; null where it takes what training
    /// saw.</summary>
    public double? PixelRange { get; init; }

    /// <summary>Options of the file.</summary>
    public OnnxExportOptions Options { get; init; } = new();
}
