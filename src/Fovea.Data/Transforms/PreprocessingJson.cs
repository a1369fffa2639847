using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Data;

/// <summary>Writes a <see cref="Preprocessing"/> as JSON and reads it back; what is wrong is told by name and
/// place.</summary>
/// <param name="source">What to call the text in messages.</param>
internal sealed class PreprocessingJson(string source)
{
    private const string ItemShape = "itemShape",
        Classes = "classes",
        Mean = "mean",
        Std = "std",
        NormalizeInstances = "normalizeInstances",
        Sizing = "sizing",
        ShortSide = "shortSide",
        Filter = "interpolation";

    /// <summary>The text; <see cref="Read"/> gives the same preprocessing back.</summary>
    public static string Write(Preprocessing preprocessing)
    {
        JsonObject json = new()
        {
            [ItemShape] = new JsonArray([.. preprocessing.ItemShape.Sizes.ToArray().Select(size => (JsonNode)size)]),
            [Classes] = new JsonArray([.. preprocessing.Classes.Select(name => (JsonNode)name)]),
            [Mean] = new JsonArray([.. preprocessing.Mean.Select(value => (JsonNode)value)]),
            [Std] = new JsonArray([.. preprocessing.Std.Select(value => (JsonNode)value)]),
            [NormalizeInstances] = preprocessing.NormalizeInstances,
        };
        if (preprocessing.Sizing is { } sizing)
        {
            json[Sizing] = new JsonObject
            {
                [ShortSide] = sizing.ShortSide,
                [Filter] = sizing.Interpolation == Interpolation.Bicubic ? "bicubic" : "bilinear",
            };
        }

        return json.ToJsonString();
    }

    /// <summary>Reads a text.</summary>
    public Preprocessing Read(string json)
    {
        using JsonDocument document = Parse(json);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw DataFormatException.In(
                source,
                $"a preprocessing must be a JSON object with {ItemShape}, {Classes}, {Mean}, {Std} and {NormalizeInstances}, got {Show(root)}."
            );
        }

        int[] sizes = Values(root, ItemShape, "whole numbers from 1 up", Whole);
        string[] classes = Values(root, Classes, "texts", Text);
        float[] mean = Values(root, Mean, "finite numbers", Number),
            std = Values(root, Std, "finite numbers", Number);
        JsonElement flag = Member(root, NormalizeInstances);
        bool normalize = flag.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? flag.GetBoolean()
            : throw DataFormatException.In(source, $"{NormalizeInstances} must be true or false, got {Show(flag)}.");
        try
        {
            return new Preprocessing(Shape.Create(sizes), classes, mean, std, normalize) { Sizing = ReadSizing(root) };
        }
        catch (Exception e) when (e is ArgumentException or ShapeException)
        {
            throw DataFormatException.In(source, e.Message, e);
        }
    }

    private ImageSizing? ReadSizing(JsonElement root)
    {
        if (!root.TryGetProperty(Sizing, out JsonElement sizing))
        {
            return null; // items come in their size
        }

        if (
            sizing.ValueKind == JsonValueKind.Object
            && sizing.TryGetProperty(ShortSide, out JsonElement side)
            && side.ValueKind == JsonValueKind.Number
            && side.TryGetInt32(out int pixels)
            && pixels is >= 0 and <= 1 << 16
            && sizing.TryGetProperty(Filter, out JsonElement filter)
            && Text(filter).Value is "bilinear" or "bicubic"
        )
        {
            return new ImageSizing(
                pixels,
                Text(filter).Value == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear
            );
        }

        throw DataFormatException.In(
            source,
            $"{Sizing} must have a {ShortSide} of 0 to 65536 and an {Filter}, bilinear or bicubic, got {Show(sizing)}."
        );
    }

    private JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            string problem = e.Message.Split([" LineNumber:", " Path:"], StringSplitOptions.None)[0];
            throw e is { LineNumber: { } line, BytePositionInLine: { } column }
                ? DataFormatException.AtColumn(source, (int)line + 1, (int)column + 1, $"not JSON: {problem}")
                : DataFormatException.In(source, $"not JSON: {problem}", e);
        }
        catch (ArgumentException e)
        {
            throw DataFormatException.In(source, "not JSON: the text is not valid Unicode.", e);
        }
    }

    private JsonElement Member(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement member)
            ? member
            : throw DataFormatException.In(source, $"{name} is missing from the preprocessing.");

    private T[] Values<T>(JsonElement root, string name, string what, Func<JsonElement, (T Value, bool Fits)> read)
    {
        JsonElement array = Member(root, name);
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw DataFormatException.In(source, $"{name} must be an array of {what}, got {Show(array)}.");
        }

        List<T> values = [];
        foreach (JsonElement element in array.EnumerateArray())
        {
            (T value, bool fits) = read(element);
            values.Add(
                fits
                    ? value
                    : throw DataFormatException.In(
                        source,
                        $"{name} must be an array of {what}, but element {values.Count} is {Show(element)}."
                    )
            );
        }

        return [.. values];
    }

    private static (int Value, bool Fits) Whole(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value > 0
            ? (value, true)
            : (0, false);

    private static (float Value, bool Fits) Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetSingle(out float value) && float.IsFinite(value)
            ? (value, true)
            : (0, false);

    private static (string Value, bool Fits) Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? (element.GetString()!, true) : ("", false);
        }
        catch (InvalidOperationException)
        {
            return ("", false); // half a character, written as an escape
        }
    }

    private static string Show(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length > 40 ? text[..40] + "..." : text;
    }
}
