using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Numbers of another implementation, beside the scripts that made them.</summary>
internal static class Golden
{
    public static JsonElement Optimizers { get; } =
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(TestData.Root, "tests", "golden", "optimizers.json")))
            .RootElement;

    public static double[] Doubles(this JsonElement element) =>
        [.. element.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? double.NaN : e.GetDouble())];

    /// <summary>The names of an object's properties as the cases of a theory.</summary>
    public static TheoryData<string> Cases(string property) =>
        [.. Optimizers.GetProperty(property).EnumerateObject().Select(p => p.Name)];
}
