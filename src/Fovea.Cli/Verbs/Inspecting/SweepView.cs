using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>A network at a range of input sizes.</summary>
internal static class SweepView
{
    /// <summary>A shape as on the command line.</summary>
    public static string Input(Shape item) => string.Join('x', item.Sizes.ToArray());

    /// <summary>Writes it in the form asked for.</summary>
    public static void Write(
        InputSweep sweep,
        string model,
        string range,
        InspectRequest request,
        Terminal terminal,
        bool json,
        bool csv
    )
    {
        if (json)
        {
            terminal.WriteJson(writer => WriteJson(writer, sweep, model, range, request.Batch));
        }
        else if (csv)
        {
            terminal.Write(Csv(sweep));
        }
        else
        {
            terminal.Write(Lines(sweep, model, range, terminal));
        }
    }

    private static IEnumerable<string> Lines(InputSweep sweep, string model, string range, Terminal terminal)
    {
        ResultTable table = new(
            new("input"),
            new("last map"),
            new(sweep.Convention.Unit, true),
            new("uneven", true),
            new("layers", Folds: true)
        );
        foreach (SizedNetwork size in sweep.Sizes)
        {
            if (size.Error is { } error)
            {
                table.AddLine($"{Input(size.Item)}: {error}");
                continue;
            }

            table.Add(
                Input(size.Item),
                Input(size.LastMap!.Value),
                NumberText.Short(size.Macs),
                size.Uneven.Count == 0 ? "none" : $"{size.Uneven.Count}",
                AnswerText.Layers(size.Uneven)
            );
        }

        return
        [
            .. TextLayout.Wrap($"{model}, inputs {range}: which sizes avoid uneven padding?", terminal.TextWidth),
            "",
            .. table.Lines(terminal),
            "",
            .. TextLayout.Wrap(sweep.Finding, terminal.TextWidth),
        ];
    }

    private static IEnumerable<string> Csv(InputSweep sweep) =>
        [
            "input,lastMap,macs,uneven,layers,error",
            .. sweep.Sizes.Select(s =>
                LayerCsv.Row(
                    Input(s.Item),
                    s.LastMap is { } map ? Input(map) : "",
                    s.Error is null ? s.Macs.ToString(CultureInfo.InvariantCulture) : "",
                    s.Error is null ? s.Uneven.Count.ToString(CultureInfo.InvariantCulture) : "",
                    string.Join(' ', s.Uneven),
                    s.Error ?? ""
                )
            ),
        ];

    private static void WriteJson(Utf8JsonWriter json, InputSweep sweep, string model, string range, int batch)
    {
        json.WriteStartObject();
        json.WriteString("model", model);
        json.WriteString("input", range);
        json.WriteString("convention", sweep.Convention.Name);
        json.WriteNumber("batch", batch);
        json.WriteString("finding", sweep.Finding);
        if (sweep.Period is { } period)
        {
            json.WriteNumber("period", period);
        }
        else
        {
            json.WriteNull("period");
        }

        json.WriteStartArray("residues");
        foreach (int residue in sweep.Residues)
        {
            json.WriteNumberValue(residue);
        }

        json.WriteEndArray();
        json.WriteStartArray("sizes");
        foreach (SizedNetwork size in sweep.Sizes)
        {
            WriteSize(json, size);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSize(Utf8JsonWriter json, SizedNetwork size)
    {
        json.WriteStartObject();
        json.WriteString("input", Input(size.Item));
        json.WriteBoolean("even", size.IsEven);
        if (size.Error is { } error)
        {
            json.WriteString("error", error);
        }
        else
        {
            InspectionJson.WriteShape(json, "lastMap", size.LastMap!.Value);
            json.WriteNumber("macs", size.Macs);
            InspectionJson.WriteTexts(json, "uneven", size.Uneven);
        }

        json.WriteEndObject();
    }
}
