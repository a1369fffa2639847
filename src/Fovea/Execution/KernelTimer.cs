using System.Diagnostics;
using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Times kernels of one convolution against each other.</summary>
internal static unsafe class KernelTimer
{
    private const int FewestRounds = 3; // that count; one before only warms up
    private const double Milliseconds = 30; // for all kernels and rounds, where they are short
    private const int Line = 16; // floats

    private static float _sink;

    /// <summary>Times kernels in turns, so that a slow spell of the machine meets all, on this thread and in one part;
    /// the shortest time of each counts.</summary>
    /// <param name="kernels">Kernels of one convolution for so many items.</param>
    /// <param name="source">Layout of the input, as the network has it.</param>
    /// <param name="destination">Layout of the output.</param>
    /// <param name="items">Items that are computed together.</param>
    /// <returns>Milliseconds of each kernel.</returns>
    public static double[] Measure(
        IReadOnlyList<ConvolutionKernel> kernels,
        BlockedLayout source,
        BlockedLayout destination,
        int items
    )
    {
        long x = Whole(source.Item * items),
            y = Whole(destination.Item * items),
            work = Whole(kernels.Max(k => k.WorkspaceFloats)),
            other = Whole(2 * CpuProfile.Current.SecondCache / sizeof(float));
        float* memory = LargeMemory.Take((x + y + work + other) * sizeof(float));
        try
        {
            FillRandomly(memory, x + y + work + other);
            ConvolutionCall call = new()
            {
                X = memory,
                XItem = source.Item,
                Y = memory + x,
                YItem = destination.Item,
                Items = items,
                Low = 0f,
                High = float.PositiveInfinity,
                Parts = 1,
            };
            double[] shortest = [.. kernels.Select(_ => double.PositiveInfinity)];
            long begin = Stopwatch.GetTimestamp();
            for (
                int round = 0;
                round <= FewestRounds || Stopwatch.GetElapsedTime(begin).TotalMilliseconds < Milliseconds;
                round++
            )
            {
                for (int i = 0; i < kernels.Count; i++)
                {
                    // As in a network: the weights are far away, because other layers ran; the input is near, because
                    // it was just written.
                    Read(memory + x + y + work, other);
                    Read(memory, x);
                    long start = Stopwatch.GetTimestamp();
                    kernels[i].Run(call, memory + x + y);
                    double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    shortest[i] = round == 0 ? shortest[i] : Math.Min(shortest[i], milliseconds);
                }
            }

            return shortest;
        }
        finally
        {
            LargeMemory.Free(memory);
        }
    }

    private static long Whole(long floats) => (floats + Line - 1) / Line * Line;

    /// <summary>A few thousand numbers over and over: times do not depend on which, only denormal and non-finite ones
    /// would differ.</summary>
    private static void FillRandomly(float* memory, long floats)
    {
        ReadOnlySpan<float> numbers = Tensor.Normal([4096], rng: new Rng(0)).ToArray<float>();
        for (long done = 0; done < floats; done += numbers.Length)
        {
            int count = (int)Math.Min(numbers.Length, floats - done);
            numbers[..count].CopyTo(new Span<float>(memory + done, count));
        }
    }

    /// <summary>Brings memory near, and drives other memory away.</summary>
    private static void Read(float* memory, long floats)
    {
        const int Most = 1 << 20;
        float sum = 0;
        for (long done = 0; done < floats; done += Most)
        {
            sum += TensorPrimitives.Sum(new ReadOnlySpan<float>(memory + done, (int)Math.Min(Most, floats - done)));
        }

        Volatile.Write(ref _sink, sum);
    }
}
