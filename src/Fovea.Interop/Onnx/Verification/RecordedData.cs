using System.Globalization;

namespace Fovea.Interop.Onnx;

/// <summary>Recorded inputs and outputs of a model.</summary>
internal static class RecordedData
{
    /// <summary>Runs a network on the inputs of a folder and compares its outputs with those that lie there.</summary>
    /// <returns>What differs first; null where nothing does.</returns>
    /// <exception cref="ModelFormatException">A file is missing or breaks a rule, or the network cannot be run.</exception>
    public static string? Check(OnnxNetwork network, string folder, OnnxTolerance tolerance)
    {
        OnnxValue[] inputs = [.. network.Inputs.Select((port, i) => Input(folder, i, port))];
        IReadOnlyList<OnnxValue> outputs = network.Run(inputs);
        for (int i = 0; i < outputs.Count; i++)
        {
            OnnxValue recorded = TensorReader.ReadFile(Path.Combine(folder, $"output_{i}.pb")).Value;
            if (Difference(outputs[i], recorded, tolerance) is { } difference)
            {
                return $"output '{network.Outputs[i].Name}' {difference}";
            }
        }

        return null;
    }

    /// <summary>How a value differs from a recorded one; null where it does not.</summary>
    public static string? Difference(OnnxValue got, OnnxValue recorded, OnnxTolerance tolerance)
    {
        if (got.Type != recorded.Type || got.Shape != recorded.Shape)
        {
            return $"is {ElementTypes.NameOf(got.Type)} {got.Shape}, recorded {ElementTypes.NameOf(recorded.Type)} {recorded.Shape}";
        }

        double[] mine = got.Reals(),
            theirs = recorded.Reals();
        int worst = -1;
        double most = 0.0;
        for (int i = 0; i < mine.Length; i++)
        {
            double over = Over(mine[i], theirs[i], got.Type.IsFloat() ? tolerance : new OnnxTolerance(0.0, 0.0));
            (worst, most) = over > most ? (i, over) : (worst, most);
        }

        return worst < 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"differs most at position {worst} of {mine.Length}: {mine[worst]:G9}, recorded {theirs[worst]:G9}"
            );
    }

    /// <summary>How much more a value differs than is allowed; infinite where one is no number.</summary>
    private static double Over(double mine, double theirs, OnnxTolerance tolerance) =>
        mine.Equals(theirs) ? 0.0
        : !double.IsFinite(mine) || !double.IsFinite(theirs) ? double.PositiveInfinity
        : Math.Abs(mine - theirs) - tolerance.Absolute - (tolerance.Relative * Math.Abs(theirs));

    private static OnnxValue Input(string folder, int index, OnnxPort port)
    {
        OnnxValue value = TensorReader.ReadFile(Path.Combine(folder, $"input_{index}.pb")).Value;
        if (value.Type == ElementType.UInt16 && port.Type == ElementType.BFloat16)
        {
            double[] bits = Array.ConvertAll(
                value.Integers(),
                v => (double)BitConverter.UInt32BitsToSingle((uint)v << 16)
            );
            return OnnxValue.Of(port.Type, bits, value.Shape); // how old test data is written
        }

        return value.Type == port.Type
            ? new OnnxValue(value.Type, value.Tensor)
            : throw new ModelFormatException(
                $"{folder}: input_{index}.pb is {ElementTypes.NameOf(value.Type)}, the model's '{port.Name}' is {port.ElementType}."
            );
    }
}
