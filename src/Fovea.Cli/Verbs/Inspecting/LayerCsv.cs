using System.Globalization;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Layers as CSV: one row a layer, quoted as RFC 4180 has it, lines ended by the platform.</summary>
internal static class LayerCsv
{
    /// <summary>The header and the rows.</summary>
    public static IEnumerable<string> Lines(Inspection inspection) =>
        [
            "name,operator,inputs,output,params,macs,field,stride,padding,why,sharedWith",
            .. inspection.Layers.Select(layer =>
                Row(
                    layer.Node.Name,
                    OperatorText.Of(layer.Node),
                    string.Join(' ', layer.Node.Activations.Select(a => Sizes(a.Value.Shape.At(inspection.Batch)))),
                    Sizes(layer.Node.Output.Shape.At(inspection.Batch)),
                    Text(layer.Params),
                    Text(layer.Macs),
                    Joined(layer.Field?.Size.Select(s => (double)s)),
                    Joined(layer.Field?.Stride),
                    Joined(layer.Field?.Padding),
                    layer.Why,
                    layer.SharedWith?.Name ?? ""
                )
            ),
        ];

    /// <summary>A row; fields with commas, quotes or line ends in quotes.</summary>
    public static string Row(params IEnumerable<string> fields) =>
        string.Join(
            ',',
            fields.Select(f =>
                f.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : f
            )
        );

    private static string Sizes(Shape shape) => string.Join('x', shape.Sizes.ToArray());

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Joined(IEnumerable<double>? values) =>
        values is null ? "" : string.Join('x', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
}
