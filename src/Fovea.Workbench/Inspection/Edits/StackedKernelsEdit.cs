namespace Fovea.Workbench;

/// <summary>Every convolution of a kernel above 3 becomes a stack of kernels of 3 with the same receptive
/// field.</summary>
/// <remarks>
/// (k - 1) / 2 kernels of 3 see k positions; from m to n channels they have 9mn + ((k - 3) / 2) 9n² weights instead of
/// k²mn. Simonyan, Zisserman 2015, VGG, https://arxiv.org/abs/1409.1556,
/// section 2.3.
/// </remarks>
public sealed class StackedKernelsEdit : GraphEdit
{
    /// <inheritdoc/>
    public override string Name => "3x3";

    /// <inheritdoc/>
    public override string Rule =>
        "every convolution with a kernel of k above 3 becomes (k - 1)/2 convolutions of 3: the first changes the number of channels, the last has the stride, and the padding is "
        + "dealt out over them, so that receptive field, output size and padding stay; copies of the batch normalization and of the activation without parameters that follow it "
        + "stand between them; even kernels, dilated and transposed ones are kept";

    internal override bool Concerns(ConvolutionUse use) => use.Filters.Kernel.Any(k => k > 3);

    internal override string? Refusal(ConvolutionUse use) =>
        use.Windows is not { } windows ? "transposed"
        : windows.Any(w => w.Dilation > 1 && w.Kernel > 1) ? $"has dilation {windows.Max(w => w.Dilation)}"
        : windows.FirstOrDefault(w => w.Kernel % 2 == 0) is { } even
            ? $"has an even kernel, {even.Kernel}: kernels of 3 add up to odd ones alone"
        : null;

    internal override Module Replacement(ConvolutionUse use)
    {
        WindowAxisMap[] windows = use.Windows!;
        int steps = windows.Max(StepsOf),
            channels = use.Filters.InChannels,
            last = use.Filters.OutChannels;
        Sequential stack = new();
        for (int i = 0; i < steps; i++)
        {
            int step = i;
            Padding padding = Padding.Explicit(
                [.. windows.Select(w => Share(w.Before, StepsOf(w), step))],
                [.. windows.Select(w => Share(w.After, StepsOf(w), step))]
            );
            PerAxis kernel = [.. windows.Select(w => step < StepsOf(w) ? 3 : 1)],
                stride = [.. windows.Select(w => step == steps - 1 ? w.Stride : 1)];
            stack.Add(use.Convolution(channels, last, kernel, stride, padding, 1, use.Filters.Groups));
            channels = last;
            if (step < steps - 1)
            {
                Add(stack, use.NormFor(last));
                Add(stack, use.ActivationAgain());
            }
        }

        return stack;
    }

    private static int StepsOf(WindowAxisMap window) => (window.Kernel - 1) / 2;

    /// <summary>The part of a padding that falls to a step; the first ones get what does not divide, so that no map in
    /// between is smaller than it must be.</summary>
    private static int Share(int padding, int steps, int step) =>
        steps == 0 ? (step == 0 ? padding : 0)
        : step >= steps ? 0
        : (padding / steps) + (step < padding % steps ? 1 : 0);

    private static void Add(Sequential stack, Module? module)
    {
        if (module is not null)
        {
            stack.Add(module);
        }
    }
}
