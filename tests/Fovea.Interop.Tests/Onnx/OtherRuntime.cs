using Microsoft.ML.OnnxRuntime;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Runs files by ONNX Runtime.</summary>
internal static class OtherRuntime
{
    /// <summary>The outputs of a model, as 64-bit floats.</summary>
    /// <param name="model">The bytes of a file.</param>
    /// <param name="inputs">Inputs of Float32 or Int64, in order.</param>
    public static IReadOnlyList<double[]> Run(byte[] model, params IReadOnlyList<Tensor> inputs)
    {
        using SessionOptions options = Options();
        using InferenceSession session = new(model, options);
        return Run(session, inputs);
    }

    /// <summary>The outputs of a model in a file.</summary>
    public static IReadOnlyList<double[]> RunFile(string path, params IReadOnlyList<Tensor> inputs)
    {
        using SessionOptions options = Options();
        using InferenceSession session = new(path, options);
        return Run(session, inputs);
    }

    /// <summary>The largest difference of values, over the largest of those expected.</summary>
    public static double Difference(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        if (expected.Count != actual.Count)
        {
            return double.PositiveInfinity;
        }

        double difference = 0.0,
            largest = 1e-30;
        for (int i = 0; i < expected.Count; i++)
        {
            double distance = expected[i].Equals(actual[i]) ? 0.0 : Math.Abs(expected[i] - actual[i]);
            difference = Math.Max(difference, double.IsNaN(distance) ? double.PositiveInfinity : distance);
            largest = Math.Max(largest, double.IsFinite(expected[i]) ? Math.Abs(expected[i]) : 0.0);
        }

        return difference / largest;
    }

    private static SessionOptions Options() =>
        new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };

    private static List<double[]> Run(InferenceSession session, IReadOnlyList<Tensor> inputs)
    {
        OrtValue[] values = [.. inputs.Select(Value)];
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            run,
            session.InputNames,
            values,
            session.OutputNames
        );
        List<double[]> results = [];
        foreach (OrtValue output in outputs)
        {
            results.Add(
                output.GetTensorTypeAndShape().ElementDataType switch
                {
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => Doubles(
                        output.GetTensorDataAsSpan<float>()
                    ),
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => Doubles(
                        output.GetTensorDataAsSpan<double>()
                    ),
                    _ => Doubles(output.GetTensorDataAsSpan<long>()),
                }
            );
        }

        Array.ForEach(values, v => v.Dispose());
        return results;
    }

    private static OrtValue Value(Tensor x)
    {
        long[] sizes = [.. x.Shape.Select(s => (long)s)];
        return x.DType == DType.Int64
            ? OrtValue.CreateTensorValueFromMemory(x.ToArray<long>(), sizes)
            : OrtValue.CreateTensorValueFromMemory(x.ToArray(), sizes);
    }

    private static double[] Doubles<T>(ReadOnlySpan<T> values)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = double.CreateTruncating(values[i]);
        }

        return result;
    }
}
