using Fovea.Kernels;

namespace Fovea;

/// <summary>A window that slides over the spatial axes: what convolutions and pools have in common, with every rule
/// about its sizes.</summary>
/// <param name="Kernel">Taps per axis.</param>
/// <param name="Stride">Step between windows per axis.</param>
/// <param name="Padding">How much padding.</param>
/// <param name="Dilation">Step between taps per axis.</param>
/// <param name="Mode">What the padding holds.</param>
/// <param name="CeilMode">Pools only: keep a last, partial window, if it begins inside the input or its front
/// padding.</param>
internal sealed record SlidingWindow(
    PerAxis Kernel,
    PerAxis Stride,
    Padding Padding,
    PerAxis Dilation,
    PaddingMode Mode,
    bool CeilMode = false
)
{
    /// <summary>Checks the options that can be wrong without an input.</summary>
    /// <exception cref="ArgumentException">A value is out of range or does not fit the number of axes.</exception>
    public void Validate(string subject, int rank)
    {
        try
        {
            for (int axis = 0; axis < rank; axis++)
            {
                RequirePositive(subject, "kernel size", Kernel, Kernel.At(axis, rank));
                RequirePositive(subject, "stride", Stride, Stride.At(axis, rank));
                RequirePositive(subject, "dilation", Dilation, Dilation.At(axis, rank));
                (long before, long after) = Padding.Resolve(
                    axis,
                    rank,
                    1,
                    Kernel.At(axis, rank),
                    Stride.At(axis, rank),
                    Dilation.At(axis, rank)
                );
                if (before < 0 || after < 0)
                {
                    throw new ArgumentException($"{subject}: padding must be 0 or more, got {Padding}.");
                }
            }
        }
        catch (ArgumentException e) when (!e.Message.StartsWith(subject, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{subject}: {e.Message}", e);
        }
    }

    /// <summary>The window on each of three axes (missing outer axes are <see cref="WindowAxis.None"/>) for given input
    /// sizes.</summary>
    /// <exception cref="ShapeException">The window does not fit the input.</exception>
    public (WindowAxis Depth, WindowAxis Height, WindowAxis Width) Resolve(
        string subject,
        ReadOnlySpan<int> sizes,
        Func<string> shapes
    )
    {
        Span<WindowAxis> axes = [WindowAxis.None, WindowAxis.None, WindowAxis.None];
        for (int i = 0; i < sizes.Length; i++)
        {
            axes[3 - sizes.Length + i] = ResolveAxis(subject, i, sizes.Length, sizes[i], shapes);
        }

        return (axes[0], axes[1], axes[2]);
    }

    private static void RequirePositive(string subject, string what, PerAxis given, int value)
    {
        if (value < 1)
        {
            throw new ArgumentException($"{subject}: {what} must be 1 or more, got {given}.");
        }
    }

    private WindowAxis ResolveAxis(string subject, int axis, int rank, int size, Func<string> shapes)
    {
        int kernel = Kernel.At(axis, rank),
            stride = Stride.At(axis, rank),
            dilation = Dilation.At(axis, rank);
        (long before, long after) = Padding.Resolve(axis, rank, size, kernel, stride, dilation);
        long padded = size + before + after,
            extent = ((kernel - 1L) * dilation) + 1;
        string name = AxisName(axis, rank);
        if (padded > int.MaxValue / 2)
        {
            throw new ShapeException(
                $"{subject}: the padded {name} must stay below 2^30, got {size} + {before} + {after}. {shapes()}"
            );
        }

        if (size == 0 || extent > padded + (CeilMode ? stride - 1L : 0))
        {
            string dilated = dilation > 1 ? $" (kernel {kernel} with dilation {dilation})" : "";
            throw new ShapeException(
                $"{subject}: the kernel must not exceed the padded input, got kernel extent {extent}{dilated} on {name} {size} + {before} + {after} = {padded}. {shapes()} Use more padding, a smaller kernel or less downsampling before."
            );
        }

        RequireSource(subject, name, size, before, after, shapes);
        WindowAxis window = new(size, kernel, stride, dilation, (int)before, (int)after);
        return CeilMode ? WithPartialWindow(window) : window;
    }

    private void RequireSource(string subject, string name, int size, long before, long after, Func<string> shapes)
    {
        long most = Mode switch
        {
            PaddingMode.Reflect => size - 1L,
            PaddingMode.Circular => size,
            _ => long.MaxValue,
        };
        if (Math.Max(before, after) > most)
        {
            string rule = Mode == PaddingMode.Reflect ? "be smaller than the input" : "not exceed the input";
            throw new ShapeException(
                $"{subject}: {Mode} padding must {rule}, got {before} + {after} on {name} {size}. {shapes()} Use Replicate or Zeros, or less padding."
            );
        }
    }

    /// <summary>Lets the back padding grow so that the last, partial window counts, unless it would begin in the back
    /// padding (PyTorch's rule).</summary>
    private static WindowAxis WithPartialWindow(WindowAxis window)
    {
        int room = window.Padded - window.Extent; // below 0 where not even one whole window fits
        int whole = room < 0 ? 0 : (room / window.Stride) + 1;
        int missing = (whole * window.Stride) - room;
        bool beginsInside = (long)whole * window.Stride < window.In + window.PadBefore;
        return missing < window.Stride && beginsInside ? window with { PadAfter = window.PadAfter + missing } : window;
    }

    private static string AxisName(int axis, int rank) =>
        rank switch
        {
            1 => "length",
            2 => axis == 0 ? "height" : "width",
            _ => axis switch
            {
                0 => "depth",
                1 => "height",
                _ => "width",
            },
        };
}
