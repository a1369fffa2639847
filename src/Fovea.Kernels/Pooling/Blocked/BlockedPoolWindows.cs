using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Pools a run of windows of one row and one channel block.</summary>
/// <remarks>Lanes: channels. Windows of 3x3 or 2x2 values, or with few values a row, take them in order. Windows with
/// more values a row keep four results, each of every fourth value of a row.</remarks>
internal static unsafe class BlockedPoolWindows<TVec, TSimd, TRule>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
    where TRule : struct, IPoolRule<TVec>
{
    private const int Results = 4;

    /// <summary>Computes the run.</summary>
    public static void Run(in PoolCall call)
    {
        switch (call.RowCount, call.TapCount)
        {
            case (3, 3):
                Nine(in call);
                break;
            case (2, 2):
                Four(in call);
                break;
            case (_, >= Results):
                Wide(in call);
                break;
            default:
                Narrow(in call);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Nine(in PoolCall call)
    {
        int second = call.Taps[1],
            third = call.Taps[2],
            step = call.Step;
        TVec share = TSimd.Splat(call.Share);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            float* top = call.Source + call.Rows[0] + lane,
                middle = call.Source + call.Rows[1] + lane,
                bottom = call.Source + call.Rows[2] + lane;
            float* to = call.Destination + lane,
                end = to + ((long)call.Columns * TileCall.Block);
            for (; to < end; to += TileCall.Block, top += step, middle += step, bottom += step)
            {
                TVec result = Three(TSimd.Load(top), top, second, third);
                result = Three(TRule.Combine(result, TSimd.Load(middle)), middle, second, third);
                result = Three(TRule.Combine(result, TSimd.Load(bottom)), bottom, second, third);
                TSimd.Store(TRule.Finish(result, share), to);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Three(TVec first, float* row, int second, int third) =>
        TRule.Combine(TRule.Combine(first, TSimd.Load(row + second)), TSimd.Load(row + third));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(in PoolCall call)
    {
        int second = call.Taps[1],
            step = call.Step;
        TVec share = TSimd.Splat(call.Share);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            float* top = call.Source + call.Rows[0] + lane,
                bottom = call.Source + call.Rows[1] + lane;
            float* to = call.Destination + lane,
                end = to + ((long)call.Columns * TileCall.Block);
            for (; to < end; to += TileCall.Block, top += step, bottom += step)
            {
                TVec result = TRule.Combine(TSimd.Load(top), TSimd.Load(top + second));
                result = TRule.Combine(TRule.Combine(result, TSimd.Load(bottom)), TSimd.Load(bottom + second));
                TSimd.Store(TRule.Finish(result, share), to);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(in PoolCall call)
    {
        TVec share = TSimd.Splat(call.Share);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int column = 0; column < call.Columns; column++)
            {
                float* from = call.Source + ((long)column * call.Step) + lane;
                TVec result = TRule.Start;
                for (int r = 0; r < call.RowCount; r++)
                {
                    for (int t = 0; t < call.TapCount; t++)
                    {
                        result = TRule.Combine(result, TSimd.Load(from + call.Rows[r] + call.Taps[t]));
                    }
                }

                TSimd.Store(TRule.Finish(result, share), call.Destination + ((long)column * TileCall.Block) + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(in PoolCall call)
    {
        TVec share = TSimd.Splat(call.Share);
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            for (int column = 0; column < call.Columns; column++)
            {
                float* from = call.Source + ((long)column * call.Step) + lane;
                TVec a = TRule.Start,
                    b = a,
                    c = a,
                    d = a;
                for (int r = 0; r < call.RowCount; r++)
                {
                    float* row = from + call.Rows[r];
                    int t = 0;
                    for (; t + Results <= call.TapCount; t += Results)
                    {
                        a = TRule.Combine(a, TSimd.Load(row + call.Taps[t]));
                        b = TRule.Combine(b, TSimd.Load(row + call.Taps[t + 1]));
                        c = TRule.Combine(c, TSimd.Load(row + call.Taps[t + 2]));
                        d = TRule.Combine(d, TSimd.Load(row + call.Taps[t + 3]));
                    }

                    for (; t < call.TapCount; t++)
                    {
                        a = TRule.Combine(a, TSimd.Load(row + call.Taps[t]));
                    }
                }

                TVec result = TRule.Combine(TRule.Combine(a, b), TRule.Combine(c, d));
                TSimd.Store(TRule.Finish(result, share), call.Destination + ((long)column * TileCall.Block) + lane);
            }
        }
    }
}
