using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Sums of products of dy and shifted x by channel, added to those so far. Lanes: channels. Sums must be named
/// locals to stay in registers.</summary>
internal static unsafe class DepthwiseGradientRows<TVec, TSimd>
    where TVec : struct
    where TSimd : struct, ISimd<TVec>
{
    /// <summary>Three neighbours in three rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Nine(in DepthwiseGradientCall call, float* sums)
    {
        TVec s0 = TSimd.Zero,
            s1 = TSimd.Zero,
            s2 = TSimd.Zero,
            s3 = TSimd.Zero,
            s4 = TSimd.Zero,
            s5 = TSimd.Zero,
            s6 = TSimd.Zero,
            s7 = TSimd.Zero,
            s8 = TSimd.Zero;
        float* rowX = call.X,
            rowDy = call.Dy;
        nint step = call.XStep,
            width = (nint)call.Width * TileCall.Block;
        for (int row = call.Rows; row > 0; row--, rowX += call.XRow, rowDy += call.DyRow)
        {
            float* x0 = rowX,
                x1 = x0 + call.XLine,
                x2 = x1 + call.XLine,
                d = rowDy,
                end = rowDy + width;
            for (; d < end; d += TileCall.Block)
            {
                TVec dy = TSimd.Load(d);
                s0 = TSimd.MultiplyAdd(dy, TSimd.Load(x0), s0);
                s1 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 16), s1);
                s2 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 32), s2);
                s3 = TSimd.MultiplyAdd(dy, TSimd.Load(x1), s3);
                s4 = TSimd.MultiplyAdd(dy, TSimd.Load(x1 + 16), s4);
                s5 = TSimd.MultiplyAdd(dy, TSimd.Load(x1 + 32), s5);
                s6 = TSimd.MultiplyAdd(dy, TSimd.Load(x2), s6);
                s7 = TSimd.MultiplyAdd(dy, TSimd.Load(x2 + 16), s7);
                s8 = TSimd.MultiplyAdd(dy, TSimd.Load(x2 + 32), s8);
                x0 += step;
                x1 += step;
                x2 += step;
            }
        }

        TSimd.Store(TSimd.Add(TSimd.Load(sums), s0), sums);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 16), s1), sums + 16);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 32), s2), sums + 32);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 48), s3), sums + 48);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 64), s4), sums + 64);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 80), s5), sums + 80);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 96), s6), sums + 96);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 112), s7), sums + 112);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 128), s8), sums + 128);
    }

    /// <summary>Five neighbours in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Five(in DepthwiseGradientCall call, float* sums)
    {
        TVec s0 = TSimd.Zero,
            s1 = TSimd.Zero,
            s2 = TSimd.Zero,
            s3 = TSimd.Zero,
            s4 = TSimd.Zero;
        float* rowX = call.X,
            rowDy = call.Dy;
        nint step = call.XStep,
            width = (nint)call.Width * TileCall.Block;
        for (int row = call.Rows; row > 0; row--, rowX += call.XRow, rowDy += call.DyRow)
        {
            float* x0 = rowX,
                d = rowDy,
                end = rowDy + width;
            for (; d < end; d += TileCall.Block)
            {
                TVec dy = TSimd.Load(d);
                s0 = TSimd.MultiplyAdd(dy, TSimd.Load(x0), s0);
                s1 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 16), s1);
                s2 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 32), s2);
                s3 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 48), s3);
                s4 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 64), s4);
                x0 += step;
            }
        }

        TSimd.Store(TSimd.Add(TSimd.Load(sums), s0), sums);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 16), s1), sums + 16);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 32), s2), sums + 32);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 48), s3), sums + 48);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 64), s4), sums + 64);
    }

    /// <summary>Three neighbours in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Three(in DepthwiseGradientCall call, float* sums)
    {
        TVec s0 = TSimd.Zero,
            s1 = TSimd.Zero,
            s2 = TSimd.Zero;
        float* rowX = call.X,
            rowDy = call.Dy;
        nint step = call.XStep,
            width = (nint)call.Width * TileCall.Block;
        for (int row = call.Rows; row > 0; row--, rowX += call.XRow, rowDy += call.DyRow)
        {
            float* x0 = rowX,
                d = rowDy,
                end = rowDy + width;
            for (; d < end; d += TileCall.Block)
            {
                TVec dy = TSimd.Load(d);
                s0 = TSimd.MultiplyAdd(dy, TSimd.Load(x0), s0);
                s1 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 16), s1);
                s2 = TSimd.MultiplyAdd(dy, TSimd.Load(x0 + 32), s2);
                x0 += step;
            }
        }

        TSimd.Store(TSimd.Add(TSimd.Load(sums), s0), sums);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 16), s1), sums + 16);
        TSimd.Store(TSimd.Add(TSimd.Load(sums + 32), s2), sums + 32);
    }

    /// <summary>One tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(in DepthwiseGradientCall call, float* sums)
    {
        TVec s0 = TSimd.Zero;
        float* rowX = call.X,
            rowDy = call.Dy;
        nint step = call.XStep,
            width = (nint)call.Width * TileCall.Block;
        for (int row = call.Rows; row > 0; row--, rowX += call.XRow, rowDy += call.DyRow)
        {
            float* x0 = rowX,
                d = rowDy,
                end = rowDy + width;
            for (; d < end; d += TileCall.Block)
            {
                TVec dy = TSimd.Load(d);
                s0 = TSimd.MultiplyAdd(dy, TSimd.Load(x0), s0);
                x0 += step;
            }
        }

        TSimd.Store(TSimd.Add(TSimd.Load(sums), s0), sums);
    }
}
