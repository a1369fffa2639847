using Fovea.Graphs;
using Fovea.Models;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Networks of a few operators, one for every way in which an operator is written.</summary>
internal static class ExportCases
{
    private static readonly Dictionary<string, (Func<Module> Make, Shape Item)> All = new()
    {
        // Convolutions: uneven padding, padding that depends on the size, modes, groups, axes.
        ["conv_uneven"] = Text("input 3x9x10; conv 4 3 stride=2 padding=0x1+2x0"),
        ["conv_tensorflow"] = Text("input 3x9x10; conv 4 3 stride=2 padding=same-tensorflow"),
        ["conv_same_even"] = Text("input 3x9x10; conv 4 4 padding=same"),
        ["conv_causal"] = Text("input 3x12; conv 4 3 dilation=2 padding=causal bias=false"),
        ["conv_reflect"] = Text("input 3x9x10; conv 4 3 padding=2 padding-mode=reflect"),
        ["conv_replicate"] = Text("input 3x9x10; conv 4 3 padding=1 padding-mode=replicate"),
        ["conv_circular"] = Text("input 3x9x10; conv 4 3 padding=2x1 padding-mode=circular"),
        ["conv_depthwise"] = Text("input 4x9x9; conv 4 3 groups=4 dilation=2"),
        ["conv_1d"] = Text("input 3x20; conv 6 5 stride=3 padding=2 groups=3"),
        ["conv_3d"] = Text("input 2x5x6x7; conv 4 3x2x1 padding=1"),
        ["transpose"] = Text("input 4x5x6; convtranspose 6 3 stride=2 padding=1 output-padding=1 groups=2"),
        ["transpose_uneven"] = Text("input 3x5x6; convtranspose 2 4 stride=3 padding=0+1 dilation=2"),
        ["transpose_same"] = Text("input 3x5x6; convtranspose 2 3 stride=2 padding=same"),
        ["transpose_1d"] = Text("input 3x7; convtranspose 2 4 stride=2"),
        ["transpose_3d"] = Text("input 2x3x4x5; convtranspose 3 3 stride=2 padding=1"),
        // Pools.
        ["maxpool"] = Text("input 3x9x10; maxpool 3 stride=2 padding=1 dilation=2"),
        ["maxpool_ceil"] = Text("input 3x8x9; maxpool 3 stride=2 ceil=true"),
        ["maxpool_ceil_padded"] = Text("input 3x8x9; maxpool 3 stride=2 padding=1 ceil=true"),
        ["maxpool_ceil_wide_stride"] = Text("input 3x5x8; maxpool 1 stride=3 ceil=true"),
        ["maxpool_wide_padding"] = Text("input 3x9; maxpool 2 stride=1 padding=3+0 dilation=3"),
        ["maxpool_reflect"] = Text("input 3x8x9; maxpool 3 stride=2 padding=1 padding-mode=reflect ceil=true"),
        ["avgpool_counted"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1"),
        ["avgpool_uncounted"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1 count-padding=false"),
        ["avgpool_ceil_counted"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1 ceil=true"),
        ["avgpool_ceil_uncounted"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1 ceil=true count-padding=false"),
        ["avgpool_ceil_plain"] = Text("input 3x8x9; avgpool 3 stride=2 ceil=true"),
        ["avgpool_divisor"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1 ceil=true divisor=5"),
        ["avgpool_circular"] = Text("input 3x8x9; avgpool 3 stride=2 padding=1 padding-mode=circular"),
        ["avgpool_1d"] = Text("input 3x17; avgpool 4 stride=3"),
        ["avgpool_3d"] = Text("input 2x5x6x7; avgpool 2"),
        ["lppool"] = Text("input 3x8x9; lppool 2 3 stride=2 padding=1"),
        ["lppool_ceil"] = Text("input 3x8x9; lppool 1 3 stride=2 ceil=true"),
        ["lppool_broken_norm"] = Text("input 3x8x9; lppool 2.5 3 stride=2"),
        ["adaptive_even"] = Text("input 3x8x6; adaptiveavgpool 4x3"),
        ["adaptive_uneven"] = Text("input 3x8x7; adaptiveavgpool 3x5"),
        ["adaptive_larger"] = Text("input 3x2x3; adaptiveavgpool 5x3"),
        ["adaptive_one"] = Text("input 3x8x7; adaptiveavgpool 1"),
        ["adaptive_max_uneven"] = Text("input 3x7x8; adaptivemaxpool 4x3"),
        ["adaptive_1d"] = Text("input 3x10; adaptiveavgpool 4"),
        ["adaptive_3d"] = Text("input 2x5x4x3; adaptivemaxpool 2x4x3"),
        ["global"] = Text("input 3x8x7; globalavgpool"),
        ["global_flat"] = Text("input 3x8x7; globalmaxpool flatten=true"),
        // Normalizations.
        ["batchnorm"] = Text("input 3x5x5; conv 4 3; bn; relu"),
        ["batchnorm_1d"] = Text("input 6; linear 5; bn"),
        ["batchnorm_plain"] = Text("input 3x5x5; bn affine=false"),
        ["batchnorm_untracked"] = Text("input 3x5x5; bn running=false"),
        ["groupnorm"] = Text("input 6x5x5; groupnorm 3"),
        ["groupnorm_plain"] = Text("input 6x5x5; groupnorm 2 affine=false"),
        ["instancenorm"] = Text("input 4x5x5; instancenorm affine=true"),
        ["instancenorm_plain"] = Text("input 4x9; instancenorm"),
        ["layernorm"] = Text("input 4x5x6; layernorm 5x6"),
        ["layernorm_plain"] = Text("input 4x5x6; layernorm 6 affine=false"),
        // Products and resampling.
        ["linear"] = Text("input 12; linear 5"),
        ["linear_of_items"] = Text("input 3x4x6; linear 5"),
        ["upsample_nearest"] = Text("input 3x4x5; upsample 2"),
        ["upsample_nearest_part"] = Of(new Upsample(1.5), [3, 4, 5]),
        ["upsample_linear"] = Text("input 3x4x5; upsample 2 mode=linear"),
        ["upsample_corners"] = Text("input 3x4x5; upsample size=7x9 mode=linear align-corners=true"),
        ["upsample_size"] = Text("input 3x4x5; upsample size=7x11 mode=linear"),
        ["upsample_size_nearest"] = Text("input 3x4x5; upsample size=8x10"),
        ["upsample_1d"] = Text("input 3x5; upsample 3 mode=linear"),
        // Functions.
        ["activations"] = Text(
            "input 2x3x4; relu; leakyrelu 0.2; elu 0.7; celu 1.3; selu; silu; mish; softplus; gelu; gelu tanh=true; tanh; sigmoid"
        ),
        ["hard"] = Text(
            "input 2x3x4; hardswish; hardsigmoid; relu6; clamp low=0.1; clamp high=0.6; clamp low=0.2 high=0.5"
        ),
        ["prelu"] = Of(new PReLU(3), [3, 4, 5]),
        ["prelu_one"] = Of(new PReLU(), [3, 4, 5]),
        ["prelu_flat"] = Of(new PReLU(3), [3]),
        ["softplus_steep"] = Of(new Softplus(3.0), [3, 4]),
        ["softmax"] = Text("input 5; softmax"),
        ["logsoftmax"] = Text("input 5x3; logsoftmax axis=1"),
        ["smooth"] = Of(
            x => (x.Abs() + 0.5).Log() + x.Sin() + x.Cos() + x.Erf() + x.Exp() + (x.Abs() + 1.0).Sqrt() + x.Square(),
            [4]
        ),
        ["steps"] = Of(x => x.Floor() + x.Ceiling() + x.Round() + x.Sign() + -x, [7]),
        ["numbers"] = Of(x => ((2.0 - (x * 3.0) + 1.0) / 4.0) - 0.5 + (1.0 / (x + 9.0)) + (3.0 / (x + 9.0)), [6]),
        ["powers"] = Of(x => x.Abs().Power(1.7) + x.Power(2.0) + x.Abs().Power(0.5) + x.Power(3.0), [6]),
        ["pairs"] = Of(x => ((x * x.Maximum(x * 0.5)) - x.Minimum(x + 1.0)) / (x.Square() + 1.0), [6]),
        ["broadcast"] = Of(
            x => (x * Tensor.From<float>([1f, -2f, 3f], [3, 1])) + Tensor.From<float>([0.5f], [1]),
            [3, 4]
        ),
        ["choices"] = Of(x => Tensor.Where(x > 0.3, x * 2.0, x - 1.0), [6]),
        ["comparisons"] = Of(
            x => (x >= 0.1) + (x < -0.2) + ((x <= 0.5) * x) + x.EqualTo(x) + x.NotEqualTo(x * 2.0),
            [6]
        ),
        ["number_as_condition"] = Of(x => Tensor.Where(x.Relu(), x, x * 3.0), [6]),
        // Shapes.
        ["flatten_end"] = Text("input 3x4x5; flatten start=2"),
        ["reshape"] = Of(
            x => x.Reshape(-1, 2, 6).Permute(0, 2, 1).Unsqueeze(1).Squeeze(1).Reshape(-1, 3, 2, 2),
            [3, 4]
        ),
        ["shuffle"] = Of(x => x.Reshape(-1, 2, 3, 4, 5).Transpose(1, 2).Reshape(-1, 6, 4, 5), [6, 4, 5]),
        ["slices"] = Of(x => Tensor.Concat([x.Narrow(1, 1, 2), x.Narrow(1, 0, 1)], 1) + x.Flip(2), [3, 4]),
        ["pad"] = Of(x => x.Pad(Padding.Explicit((1, 0), (2, 3)), value: 1.5).Pad(1, PaddingMode.Reflect), [3, 4, 5]),
        ["pad_circular"] = Of(x => x.Pad(Padding.Explicit((1, 0), (2, 3)), PaddingMode.Circular), [3, 4, 5]),
        ["expand"] = Of(x => x.Unsqueeze(2).Expand(-1, 3, 4), [3]),
        // Reductions.
        ["sums"] = Of(x => x.Sum([2]) + x.Mean([1, 2], keepDims: true).Squeeze(2) + x.Max([2]), [3, 4]),
        ["variance"] = Of(x => x.Variance([1, 2]), [3, 4]),
        ["cumsum"] = Of(x => x.CumSum(1), [5, 2]),
        ["topk"] = Of(x => x.TopK(2, 1).Values, [5]),
        ["matmul"] = Of(x => x.MatMul(x.Transpose(1, 2)), [3, 4]),
        ["detached"] = Of(x => x.Detach() * 2.0, [3]),
    };

    /// <summary>The names of all cases.</summary>
    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The network of a case, with weights, scales and statistics that are not 0 or 1.</summary>
    public static Graph Make(string name)
    {
        (Func<Module> make, Shape item) = All[name];
        Module module = make();
        Rng random = new(3);
        module.LoadStateDict(
            module
                .StateDict()
                .ToDictionary(
                    s => s.Key,
                    s =>
                        s.Value.Rank == 0 ? s.Value
                        : s.Key.EndsWith("running_var", StringComparison.Ordinal)
                            ? Tensor.Uniform(s.Value.Shape, 0.5, 1.5, rng: random)
                        : s.Value + (Tensor.Normal(s.Value.Shape, rng: random) * 0.3)
                )
        );
        return Graph.Trace(module, item, name: name);
    }

    private static (Func<Module>, Shape) Text(string text)
    {
        (TextNetwork network, Shape item) = NetworkText.Parse(text);
        return (() => network.Initialize(1), item);
    }

    private static (Func<Module>, Shape) Of(Module module, Shape item) => (() => module, item);

    private static (Func<Module>, Shape) Of(Func<Tensor, Tensor> function, Shape item) =>
        (() => new Function(function), item);

    /// <summary>A function as a network.</summary>
    internal sealed class Function(Func<Tensor, Tensor> function) : Module
    {
        /// <inheritdoc/>
        public override Tensor Forward(Tensor x) => function(x);
    }
}
