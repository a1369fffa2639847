using System.Numerics;

namespace Fovea;

/// <summary>What running mean, running variance and the number of batches become when a batch was seen.</summary>
/// <remarks>running = (1 - share) * running + share * batch, share being the momentum, or 1 / batches where there is none. An
/// empty batch changes nothing.</remarks>
internal static class RunningStatistics
{
    /// <summary>The outputs that stand for the next values.</summary>
    /// <param name="inputs">The inputs of the operator.</param>
    /// <param name="first">Position of the running mean among them.</param>
    public static IEnumerable<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs, int first) =>
        [
            new(inputs[first].Shape, inputs[first].DType, OutputRole.NextState, "next_mean"),
            new(inputs[first + 1].Shape, inputs[first + 1].DType, OutputRole.NextState, "next_variance"),
            new(inputs[first + 2].Shape, inputs[first + 2].DType, OutputRole.NextState, "next_count"),
        ];

    /// <summary>Computes the next values.</summary>
    /// <param name="call">The call.</param>
    /// <param name="input">Position of the running mean among its inputs.</param>
    /// <param name="output">Position of the next mean among its outputs.</param>
    /// <param name="momentum">Weight of this batch; null for the plain average.</param>
    /// <param name="batch">Mean and unbiased variance of every channel; null for an empty batch.</param>
    public static void SetNext<T>(
        OperatorCall call,
        int input,
        int output,
        double? momentum,
        (double Mean, double Variance)[]? batch
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor[] next = Next<T>([.. call.Inputs.Skip(input).Take(3)], momentum, batch);
        for (int i = 0; i < next.Length; i++)
        {
            if (call.Wants(output + i))
            {
                call.SetOutput(output + i, next[i]);
            }
        }
    }

    /// <summary>The next values.</summary>
    /// <param name="running">Running mean, running variance, and the number of batches.</param>
    /// <param name="momentum">Weight of this batch; null for the plain average.</param>
    /// <param name="batch">Mean and unbiased variance of every channel; null for an empty batch.</param>
    public static Tensor[] Next<T>(Tensor[] running, double? momentum, (double Mean, double Variance)[]? batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double count = running[2].Item() + (batch is null ? 0.0 : 1.0),
            share = batch is null ? 0.0 : momentum ?? (1.0 / count);
        Tensor number = Tensor.Uninitialized(running[2].Shape, running[2].DType);
        number.Fill(count);
        return
        [
            Next<T>(running[0], share, batch is null ? null : c => batch[c].Mean),
            Next<T>(running[1], share, batch is null ? null : c => batch[c].Variance),
            number,
        ];
    }

    /// <summary>Gives the next values to the states of a layer, where the operator had them.</summary>
    /// <param name="outputs">All outputs of the operator: the result, saved statistics, and the next values.</param>
    /// <param name="mean">Running mean.</param>
    /// <param name="variance">Running variance.</param>
    /// <param name="count">Number of batches.</param>
    public static void Update(Tensor?[] outputs, StateBuffer? mean, StateBuffer? variance, StateBuffer? count)
    {
        if (outputs is [_, _, { } nextMean, { } nextVariance, { } nextCount])
        {
            mean!.Update(nextMean);
            variance!.Update(nextVariance);
            count!.Update(nextCount);
        }
    }

    private static unsafe Tensor Next<T>(Tensor running, double share, Func<int, double>? batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor next = running.Clone();
        T* values = next.Pointer<T>();
        for (int c = 0; c < next.Count && batch is not null; c++)
        {
            values[c] = T.CreateTruncating(((1.0 - share) * double.CreateTruncating(values[c])) + (share * batch(c)));
        }

        GC.KeepAlive(next);
        return next;
    }
}
