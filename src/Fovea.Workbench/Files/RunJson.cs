using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>How what a run keeps becomes JSON. Readers and writers are generated when this is compiled, so that trimmed
/// and native programs have them too; a type that a run keeps is named here.</summary>
[JsonSerializable(typeof(DataIdentity))]
[JsonSerializable(typeof(Dictionary<string, RngState>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, RngState>))]
[JsonSerializable(typeof(DataReport))]
[JsonSerializable(typeof(MachineProfile))]
[JsonSerializable(typeof(MachineSpeed))]
[JsonSerializable(typeof(MachineSpeedFile.Content))]
[JsonSerializable(typeof(MeasuredTest))]
[JsonSerializable(typeof(MeasuredEpoch))]
[JsonSerializable(typeof(MeasuredProbe))]
[JsonSerializable(typeof(MeasuredRun))]
[JsonSerializable(typeof(MeasuredStep))]
[JsonSerializable(typeof(Metrics))]
[JsonSerializable(typeof(PlateauState))]
[JsonSerializable(typeof(IReadOnlyList<PublishedRate>))]
[JsonSerializable(typeof(RateSearch))]
[JsonSerializable(typeof(RunEnd))]
[JsonSerializable(typeof(RunLock.Holder))]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(TrainingRequest))]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>For files that people read.</summary>
    public static RunJson Indented { get; } =
        new(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                WriteIndented = true,
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a loss may be NaN
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it goes to files, not into HTML
            }
        );

    /// <summary>For files of a line an object, in which a loss may be NaN.</summary>
    public static RunJson Line { get; } =
        new(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            }
        );

    /// <summary>For measurements: six digits a number, words for kinds, what is not known left out.</summary>
    public static RunJson Measured { get; } =
        new(
            new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Converters = { new ShortNumbers(), new JsonStringEnumConverter<PointKind>(JsonNamingPolicy.CamelCase) },
            }
        );

    /// <summary>A value as a node.</summary>
    public JsonNode? ToNode<T>(T value) => JsonSerializer.SerializeToNode(value, Of<T>());

    /// <summary>A value as a text.</summary>
    public string ToText<T>(T value) => JsonSerializer.Serialize(value, Of<T>());

    /// <summary>Reads a value from a node. Options and requests take their defaults for what an earlier version did not
    /// write.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public T? From<T>(JsonNode? node) => (node is JsonObject given ? Completed<T>(given) : node).Deserialize(Of<T>());

    /// <summary>Reads a value from a text.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public T? From<T>(string text) => JsonSerializer.Deserialize(text, Of<T>());

    // Generated readers set every init-only property, those that are missing to 0 and null.
    private JsonObject Completed<T>(JsonObject given)
    {
        JsonNode? defaults =
            typeof(T) == typeof(TrainingOptions) ? ToNode(new TrainingOptions())
            : typeof(T) == typeof(TrainingRequest) ? ToNode(new TrainingRequest())
            : null;
        if (defaults is not JsonObject completed)
        {
            return given;
        }

        foreach ((string name, JsonNode? value) in given)
        {
            completed[name] = value?.DeepClone();
        }

        return completed;
    }

    private JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
