using System.Text.Json;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>An inspection as JSON, in the form that the command line promises.</summary>
internal static class InspectionJson
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, Inspection inspection)
    {
        Evidence evidence = inspection.Evidence;
        json.WriteStartObject();
        json.WriteString("model", evidence.Name);
        json.WriteString("input", evidence.InputText);
        WriteEnds(json, evidence.Graph, inspection.Batch);
        json.WriteString("convention", inspection.Convention.Name);
        json.WriteNumber("batch", inspection.Batch);
        json.WriteStartObject("totals");
        json.WriteNumber("params", inspection.Totals.Params);
        json.WriteNumber("trainableParams", inspection.Totals.TrainableParams);
        json.WriteNumber("macs", inspection.Totals.Macs);
        json.WriteNumber("activationBytes", inspection.Totals.ActivationBytes);
        json.WriteNumber("trainingBytes", inspection.Totals.TrainingBytes);
        json.WriteEndObject();
        json.WriteStartObject("lastMap");
        json.WriteString("layer", evidence.LastMap.Name);
        WriteShape(json, "shape", evidence.LastMap.Shape.At(inspection.Batch));
        WriteField(json, evidence.FieldOf(evidence.LastMap));
        WriteFields(json, evidence, evidence.LastMap);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        foreach (InspectedLayer layer in inspection.Layers)
        {
            WriteLayer(json, layer, evidence, inspection.Batch);
        }

        json.WriteEndArray();
        json.WriteStartArray("answers");
        foreach (Answer answer in inspection.Answers)
        {
            AnswerJson.Write(json, answer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes sizes under a name.</summary>
    public static void WriteShape(Utf8JsonWriter json, string name, Shape shape)
    {
        json.WritePropertyName(name);
        WriteShape(json, shape);
    }

    /// <summary>Writes texts under a name.</summary>
    public static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a number; null where it is none that JSON has.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        WriteNumber(json, value);
    }

    /// <summary>Writes a receptive field; null where it is not known.</summary>
    public static void WriteField(Utf8JsonWriter json, ReceptiveField? field)
    {
        if (field is null)
        {
            json.WriteNull("receptiveField");
            return;
        }

        json.WritePropertyName("receptiveField");
        WriteFieldObject(json, field);
    }

    /// <summary>Names and shapes of inputs and outputs, where there are several.</summary>
    private static void WriteEnds(Utf8JsonWriter json, Graph graph, int batch)
    {
        if (graph.Inputs.Count > 1)
        {
            WriteValues(json, "inputs", graph.Inputs, batch);
        }

        if (graph.Outputs.Count > 1)
        {
            WriteValues(json, "outputs", graph.Outputs, batch);
        }
    }

    private static void WriteValues(Utf8JsonWriter json, string name, IReadOnlyList<Value> values, int batch)
    {
        json.WriteStartArray(name);
        foreach (Value value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            WriteShape(json, "shape", value.Shape.At(batch));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The receptive field on each input that a value sees, where there are several inputs.</summary>
    private static void WriteFields(Utf8JsonWriter json, Evidence evidence, Value value)
    {
        if (evidence.Graph.Inputs.Count == 1)
        {
            return;
        }

        json.WriteStartObject("receptiveFields");
        foreach ((string input, ReceptiveField? field) in evidence.FieldsByInput(value))
        {
            json.WritePropertyName(input);
            if (field is null)
            {
                json.WriteNullValue();
            }
            else
            {
                WriteFieldObject(json, field);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteFieldObject(Utf8JsonWriter json, ReceptiveField field)
    {
        json.WriteStartObject();
        WriteNumbers(json, "size", field.Size.Select(s => (double)s));
        WriteNumbers(json, "stride", field.Stride);
        WriteNumbers(json, "padding", field.Padding);
        json.WriteEndObject();
    }

    private static void WriteLayer(Utf8JsonWriter json, InspectedLayer layer, Evidence evidence, int batch)
    {
        json.WriteStartObject();
        json.WriteString("name", layer.Node.Name);
        json.WriteString("operator", layer.Node.Operator.Name);
        json.WriteStartObject("options");
        foreach (OperatorOption option in layer.Node.Operator.Options)
        {
            json.WriteString(option.Name, option.Value);
        }

        json.WriteEndObject();
        json.WriteStartArray("inputShapes");
        foreach ((_, Value value) in layer.Node.Activations)
        {
            WriteShape(json, value.Shape.At(batch));
        }

        json.WriteEndArray();
        WriteShape(json, "outputShape", layer.Node.Output.Shape.At(batch));
        json.WriteNumber("params", layer.Params);
        json.WriteNumber("macs", layer.Macs);
        WriteField(json, layer.Field);
        WriteFields(json, evidence, layer.Node.Output);
        json.WriteString("why", layer.Why);
        if (layer.SharedWith is { } first)
        {
            json.WriteString("sharedWith", first.Name);
        }

        json.WriteEndObject();
    }

    private static void WriteShape(Utf8JsonWriter json, Shape shape)
    {
        json.WriteStartArray();
        foreach (int size in shape.Sizes)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            WriteNumber(json, value);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value == 0.0 ? 0.0 : value); // no minus zero
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
