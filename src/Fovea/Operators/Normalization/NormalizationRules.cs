using System.Globalization;

namespace Fovea;

/// <summary>The rules that normalizations share.</summary>
internal static class NormalizationRules
{
    /// <summary>Normalization by statistics of an item: over its channels and positions, or of each channel.</summary>
    public static Signal? WithinItem(SignalUse use, double epsilon, bool affine, bool byChannel)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (use.X is not { } x)
        {
            return null;
        }

        double scale = Scale(use, x, epsilon, affine, byChannel);
        Signal? shift = affine ? use.Inputs[2] : null;
        return new Signal(
            shift?.Mean ?? 0.0,
            ((byChannel ? 0.0 : x.ChannelVariance) * scale) + (shift?.Variance ?? 0.0),
            x.Variance * scale,
            x.IsApproximate
        );
    }

    /// <summary>Mean squared gradient in over that out.</summary>
    public static double? Gain(SignalUse use, double epsilon, bool affine, bool byChannel)
    {
        ArgumentNullException.ThrowIfNull(use);
        return use.X is { } x ? Scale(use, x, epsilon, affine, byChannel) : null;
    }

    /// <summary>The gradient rule of a normalization of items: applies an operator of x, dy, saved moments and the weight
    /// that gives dx, dweight and dbias.</summary>
    public static void Apply(Operator gradient, GradientCall call, bool affine)
    {
        Tensor[] inputs =
        [
            call.Input(0),
            call.Gradient(),
            call.Output(1),
            .. affine ? [call.Input(1)] : Array.Empty<Tensor>(),
        ];
        bool[] wants = affine ? [call.Needs(0), call.Needs(1), call.Needs(2)] : [call.Needs(0)];
        Tensor?[] results = gradient.ApplyTo(inputs, wants);
        for (int i = 0; i < wants.Length; i++)
        {
            if (wants[i])
            {
                call.Give(i, results[i]!);
            }
        }
    }

    /// <summary>Hands over an output where it is wanted.</summary>
    public static void SetWanted(this OperatorCall call, int output, Tensor tensor)
    {
        if (call.Wants(output))
        {
            call.SetOutput(output, tensor);
        }
    }

    /// <summary>Hands over a gradient, or says that there is none.</summary>
    public static void GiveOrNone(this GradientCall call, int input, Tensor? gradient)
    {
        if (gradient is null)
        {
            call.GiveNone(input);
        }
        else
        {
            call.Give(input, gradient);
        }
    }

    private static double Scale(SignalUse use, Signal x, double epsilon, bool affine, bool byChannel) =>
        (affine ? use.MeanSquare(1) : 1.0) / ((byChannel ? x.Variance : x.Variance + x.ChannelVariance) + epsilon);
}
