using System.Diagnostics;
using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea;

/// <summary>Times kernels of one convolution against each other.</summary>
internal static unsafe class KernelTimer
{
    private const int FewestRounds = 3; // rounds that count; one before them only warms up
    private const double Milliseconds = 30; // at least, for all kernels and rounds together
    private const int Line = 16; // floats

    private static float _sink;

    /// <summary>Times kernels on this thread, each in one part. They run in turns, so that a slow spell of the machine
    /// meets all of them. The shortest time of each counts.</summary>
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
            return Turns(kernels, call, x, memory + x + y, new(memory + x + y + work, other));
        }
        finally
        {
            LargeMemory.Free(memory);
        }
    }

    /// <summary>Runs the kernels in turns until there were enough rounds.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="call">What each is run on.</param>
    /// <param name="input">Floats of the input.</param>
    /// <param name="workspace">Working memory.</param>
    /// <param name="other">Memory that fills the second cache twice.</param>
    private static double[] Turns(
        IReadOnlyList<ConvolutionKernel> kernels,
        ConvolutionCall call,
        long input,
        float* workspace,
        FloatRange other
    )
    {
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
                // As in a network: other layers ran, so the weights are in no cache; the input was just written, so it
                // is in one.
                Read(other.First, other.Count);
                Read(call.X, input);
                long start = Stopwatch.GetTimestamp();
                kernels[i].Run(call, workspace);
                double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                shortest[i] = round == 0 ? shortest[i] : Math.Min(shortest[i], milliseconds);
            }
        }

        return shortest;
    }

    private static long Whole(long floats) => (floats + Line - 1) / Line * Line;

    /// <summary>Repeats a few thousand random numbers. Times depend on values only where these are denormal or not
    /// finite.</summary>
    private static void FillRandomly(float* memory, long floats)
    {
        ReadOnlySpan<float> numbers = Tensor.Normal([4096], rng: new Rng(0)).ToArray<float>();
        for (long done = 0; done < floats; done += numbers.Length)
        {
            int count = (int)Math.Min(numbers.Length, floats - done);
            numbers[..count].CopyTo(new Span<float>(memory + done, count));
        }
    }

    /// <summary>Reads memory: it comes into the caches, and other memory leaves them.</summary>
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

    /// <summary>Floats that lie behind one another.</summary>
    private readonly struct FloatRange(float* first, long count)
    {
        public float* First { get; } = first;

        public long Count { get; } = count;
    }
}
