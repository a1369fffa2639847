using System.Numerics;

namespace Fovea.Kernels;

/// <summary>Convolution as its definition reads: seven loops, sums in double. The oracle of every other path, and the
/// path for double tensors.</summary>
/// <remarks>
/// Cross-correlation, as the field calls convolution: the kernel is not flipped.
/// y[n,o,p] = bias[o] + sum over c, k of x[n,c, p * stride + k * dilation - pad] * w[o,c,k].
/// </remarks>
internal static unsafe class ReferenceConvolution<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = conv(x, w) + bias. <paramref name="bias"/> may be null. y is overwritten.</summary>
    public static void Forward(in ConvolutionGeometry geometry, T* x, T* w, T* bias, T* y)
    {
        Window window = new(geometry);
        ConvolutionGeometry g = geometry;
        WorkerPool.For(
            g.Batch * g.OutChannels,
            plane =>
            {
                int n = plane / g.OutChannels,
                    o = plane % g.OutChannels;
                int firstChannel = o / g.OutPerGroup * g.InPerGroup;
                T* yPlane = y + ((long)plane * g.OutPlane);
                for (int p = 0; p < g.OutPlane; p++)
                {
                    double sum = bias is null ? 0.0 : double.CreateChecked(bias[o]);
                    for (int c = 0; c < g.InPerGroup; c++)
                    {
                        T* xPlane = x + (((long)n * g.InChannels) + firstChannel + c) * g.InPlane;
                        T* taps = w + (((long)o * g.InPerGroup) + c) * g.Taps;
                        for (int k = 0; k < g.Taps; k++)
                        {
                            int source = window.Source(p, k);
                            double value = source < 0 ? 0.0 : double.CreateChecked(xPlane[source]);
                            sum += value * double.CreateChecked(taps[k]);
                        }
                    }

                    yPlane[p] = T.CreateChecked(sum);
                }
            }
        );
    }

    /// <summary>dx = the gradient of x given dy: every product of the forward pass, sent back to where its x came from.
    /// dx is overwritten.</summary>
    public static void BackwardData(in ConvolutionGeometry geometry, T* dy, T* w, T* dx)
    {
        Window window = new(geometry);
        ConvolutionGeometry g = geometry;
        WorkerPool.For(
            g.Batch * g.InChannels,
            plane =>
            {
                int n = plane / g.InChannels,
                    channel = plane % g.InChannels;
                int group = channel / g.InPerGroup,
                    c = channel % g.InPerGroup;
                double[] sums = new double[g.InPlane];
                for (int o = group * g.OutPerGroup; o < (group + 1) * g.OutPerGroup; o++)
                {
                    T* dyPlane = dy + ((((long)n * g.OutChannels) + o) * g.OutPlane);
                    T* taps = w + (((long)o * g.InPerGroup) + c) * g.Taps;
                    for (int p = 0; p < g.OutPlane; p++)
                    {
                        for (int k = 0; k < g.Taps; k++)
                        {
                            int source = window.Source(p, k);
                            if (source >= 0)
                            {
                                sums[source] += double.CreateChecked(dyPlane[p]) * double.CreateChecked(taps[k]);
                            }
                        }
                    }
                }

                for (int i = 0; i < g.InPlane; i++)
                {
                    dx[((long)plane * g.InPlane) + i] = T.CreateChecked(sums[i]);
                }
            }
        );
    }

    /// <summary>dw = the gradient of the weight: for each tap the sum of x * dy over all windows and images. dw is
    /// overwritten.</summary>
    public static void BackwardWeights(in ConvolutionGeometry geometry, T* x, T* dy, T* dw)
    {
        Window window = new(geometry);
        ConvolutionGeometry g = geometry;
        WorkerPool.For(
            g.OutChannels * g.InPerGroup,
            pair =>
            {
                int o = pair / g.InPerGroup,
                    c = pair % g.InPerGroup;
                int channel = (o / g.OutPerGroup * g.InPerGroup) + c;
                for (int k = 0; k < g.Taps; k++)
                {
                    double sum = 0.0;
                    for (int n = 0; n < g.Batch; n++)
                    {
                        T* xPlane = x + ((((long)n * g.InChannels) + channel) * g.InPlane);
                        T* dyPlane = dy + ((((long)n * g.OutChannels) + o) * g.OutPlane);
                        for (int p = 0; p < g.OutPlane; p++)
                        {
                            int source = window.Source(p, k);
                            double value = source < 0 ? 0.0 : double.CreateChecked(xPlane[source]);
                            sum += value * double.CreateChecked(dyPlane[p]);
                        }
                    }

                    dw[((long)pair * g.Taps) + k] = T.CreateChecked(sum);
                }
            }
        );
    }

    /// <summary>db = the gradient of the bias: dy summed over images and positions. <paramref name="channels"/> planes
    /// of <paramref name="plane"/> values an image.</summary>
    public static void BackwardBias(int batch, int channels, int plane, T* dy, T* db) =>
        WorkerPool.For(
            channels,
            o =>
            {
                double sum = 0.0;
                for (int n = 0; n < batch; n++)
                {
                    T* dyPlane = dy + ((((long)n * channels) + o) * plane);
                    for (int p = 0; p < plane; p++)
                    {
                        sum += double.CreateChecked(dyPlane[p]);
                    }
                }

                db[o] = T.CreateChecked(sum);
            }
        );

    /// <summary>Adds bias[c] to every value of channel c; a null bias adds nothing.</summary>
    public static void AddBias(int batch, int channels, int plane, T* bias, T* x)
    {
        if (bias is null)
        {
            return;
        }

        WorkerPool.For(
            batch * channels,
            i =>
            {
                for (int p = 0; p < plane; p++)
                {
                    x[((long)i * plane) + p] += bias[i % channels];
                }
            }
        );
    }

    /// <summary>Where the tap k of the window p reads: an index into an input plane, or -1 in zero padding.</summary>
    private sealed class Window(ConvolutionGeometry g)
    {
        private readonly AxisReads _depth = new(
            g.Depth,
            g.Mode,
            g.OutPlane,
            g.Height.Out * g.Width.Out,
            g.Taps,
            g.Height.Kernel * g.Width.Kernel
        );
        private readonly AxisReads _height = new(g.Height, g.Mode, g.OutPlane, g.Width.Out, g.Taps, g.Width.Kernel);
        private readonly AxisReads _width = new(g.Width, g.Mode, g.OutPlane, 1, g.Taps, 1);

        public int Source(int p, int k)
        {
            int d = _depth.At(p, k),
                h = _height.At(p, k),
                v = _width.At(p, k);
            return (d | h | v) < 0 ? -1 : (((d * g.Height.In) + h) * g.Width.In) + v;
        }
    }

    /// <summary>The reads of one axis: window p begins at padded position starts[p], tap k lies steps[k]
    /// further.</summary>
    private sealed class AxisReads(
        WindowAxis axis,
        PaddingMode mode,
        int windows,
        int windowsPerStep,
        int taps,
        int tapsPerStep
    )
    {
        private readonly int[] _map = axis.SourceMap(mode);
        private readonly int[] _starts =
        [
            .. Enumerable.Range(0, windows).Select(p => p / windowsPerStep % axis.Out * axis.Stride),
        ];
        private readonly int[] _steps =
        [
            .. Enumerable.Range(0, taps).Select(k => k / tapsPerStep % axis.Kernel * axis.Dilation),
        ];

        public int At(int p, int k) => _map[_starts[p] + _steps[k]];
    }
}
