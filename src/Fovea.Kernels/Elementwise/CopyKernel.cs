namespace Fovea.Kernels;

/// <summary>Moves elements without looking at them: runs of memory, and axes in another order.</summary>
internal static unsafe class CopyKernel
{
    /// <summary>Copies <paramref name="count"/> runs of <paramref name="bytes"/> bytes; a run starts a step behind the
    /// one before. Runs must not overlap in the destination.</summary>
    public static void Runs(
        byte* source,
        long sourceStep,
        byte* destination,
        long destinationStep,
        long bytes,
        long count
    )
    {
        if (bytes == 0)
        {
            return;
        }

        long runsPerJob = Math.Max(1, Chunks.Size * sizeof(float) / bytes);
        WorkerPool.For(
            (int)((count + runsPerJob - 1) / runsPerJob),
            job =>
            {
                long end = Math.Min(count, (job + 1) * runsPerJob);
                for (long run = job * runsPerJob; run < end; run++)
                {
                    Buffer.MemoryCopy(source + (run * sourceStep), destination + (run * destinationStep), bytes, bytes);
                }
            }
        );
    }

    /// <summary>y = x with its axes in another order: axis i of y steps <paramref name="steps"/>[i] elements in
    /// x.</summary>
    /// <typeparam name="T">A type of the element's size.</typeparam>
    /// <param name="x">Source.</param>
    /// <param name="y">Destination, contiguous, of <paramref name="sizes"/>.</param>
    /// <param name="sizes">Sizes of y's axes; one or more, none 0.</param>
    /// <param name="steps">Step in x along each axis of y.</param>
    /// <remarks>The last axis of y and the axis along which x is contiguous are walked in tiles of 16 x 16, so that
    /// every cache line fetched is used while it is there.</remarks>
    public static void Permute<T>(T* x, T* y, int[] sizes, long[] steps)
        where T : unmanaged
    {
        int last = sizes.Length - 1;
        int along = Array.FindLastIndex(steps, s => s == 1);
        int tiled = along < 0 || along == last ? -1 : along;
        long[] outSteps = new long[sizes.Length];
        long rows = 1,
            step = 1;
        for (int axis = last; axis >= 0; axis--)
        {
            outSteps[axis] = step;
            step *= sizes[axis];
            rows *= axis == last || axis == tiled ? 1 : sizes[axis];
        }

        long work = (long)sizes[last] * (tiled < 0 ? 1 : sizes[tiled]),
            rowsPerJob = Math.Max(1, Chunks.Size / work);
        WorkerPool.For(
            (int)((rows + rowsPerJob - 1) / rowsPerJob),
            job =>
            {
                long end = Math.Min(rows, (job + 1) * rowsPerJob);
                for (long row = job * rowsPerJob; row < end; row++)
                {
                    (long from, long to) = Offsets(row, tiled, sizes, steps, outSteps);
                    if (tiled < 0)
                    {
                        Row(x + from, steps[last], y + to, sizes[last]);
                    }
                    else
                    {
                        Tiles(x + from, steps[last], y + to, outSteps[tiled], sizes[tiled], sizes[last]);
                    }
                }
            }
        );
    }

    /// <summary>Where a row starts in x and in y: its number spread over the axes that are neither last nor
    /// tiled.</summary>
    private static (long From, long To) Offsets(long row, int tiled, int[] sizes, long[] steps, long[] outSteps)
    {
        long from = 0,
            to = 0;
        for (int axis = sizes.Length - 2; axis >= 0; axis--)
        {
            if (axis != tiled)
            {
                from += row % sizes[axis] * steps[axis];
                to += row % sizes[axis] * outSteps[axis];
                row /= sizes[axis];
            }
        }

        return (from, to);
    }

    private static void Row<T>(T* x, long step, T* y, int count)
        where T : unmanaged
    {
        if (step == 1)
        {
            new ReadOnlySpan<T>(x, count).CopyTo(new Span<T>(y, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            y[i] = x[i * step];
        }
    }

    /// <summary>y[i * outStep + j] = x[i + j * step].</summary>
    private static void Tiles<T>(T* x, long step, T* y, long outStep, int rows, int columns)
        where T : unmanaged
    {
        const int Tile = 16;
        for (int i0 = 0; i0 < rows; i0 += Tile)
        {
            for (int j0 = 0; j0 < columns; j0 += Tile)
            {
                int iEnd = Math.Min(rows, i0 + Tile),
                    jEnd = Math.Min(columns, j0 + Tile);
                for (int i = i0; i < iEnd; i++)
                {
                    for (int j = j0; j < jEnd; j++)
                    {
                        y[(i * outStep) + j] = x[i + (j * step)];
                    }
                }
            }
        }
    }
}
