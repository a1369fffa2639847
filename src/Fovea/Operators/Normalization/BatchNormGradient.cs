using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The gradient of batch normalization. Inputs: x, dy, the scales [C, 4] that the forward pass saved, then the weight
/// where there is one, and y where a residual was added. Outputs: dx, then dweight and dbias, then the residual's
/// gradient.</summary>
/// <param name="options">Those of the normalization.</param>
internal sealed class BatchNormGradient(BatchNormAttributes options) : Operator
{
    private readonly int _residual = options.Affine ? 3 : 1; // among outputs
    private readonly int _y = options.Affine ? 4 : 3; // among inputs

    /// <inheritdoc/>
    public override BatchNormAttributes Attributes => options;

    /// <inheritdoc/>
    public override string Name => $"{options.Name}Gradient";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
    {
        (Shape shape, DType dtype) = (inputs[0].Shape, inputs[0].DType);
        Shape channels = [options.Channels];
        return
        [
            new(shape, dtype, Name: "dx"),
            .. options.Affine
                ? [new OutputSpec(channels, dtype, Name: "dweight"), new OutputSpec(channels, dtype, Name: "dbias")]
                : Array.Empty<OutputSpec>(),
            .. options.Residual ? [new OutputSpec(shape, dtype, Name: "dresidual")] : Array.Empty<OutputSpec>(),
        ];
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
        GradientReads.Inputs([.. Enumerable.Range(0, needs.Length)]);

    /// <inheritdoc/>
    internal override bool AcceptsSavedAt(int input) => input == 2;

    /// <inheritdoc/>
    protected override void Run(OperatorCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Inputs[0].DType == DType.Float64)
        {
            Run<double>(call);
        }
        else
        {
            Run<float>(call);
        }
    }

    private unsafe void Run<T>(OperatorCall call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ChannelLayout layout = ChannelLayout.Of(call.InputShapes[0]);
        Tensor x = layout.Turn<T>(call.Inputs[0]),
            dy = layout.Turn<T>(call.Inputs[1]);
        ChannelScale[] scales = SavedStatistics.Scales(call.Inputs[2]);
        Tensor? masked = options.Residual ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        bool wantsParameters = options.Affine && (call.Wants(1) || call.Wants(2));
        (double Sum, double Product)[]? sums =
            (options.UsesBatch && call.Wants(0)) || wantsParameters || masked is not null
                ? Sums<T>(layout, scales, call, x, dy, masked)
                : null;
        if (call.Wants(0))
        {
            Tensor dx = Tensor.Uninitialized(x.Shape, x.DType);
            ChannelNormalization<T>.BackwardData(
                layout.Geometry,
                scales,
                options.Relu && !options.Residual,
                options.UsesBatch ? sums : null,
                x.Pointer<T>(),
                (masked ?? dy).Pointer<T>(),
                dx.Pointer<T>()
            );
            call.SetOutput(0, layout.Turn<T>(dx));
        }

        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        if (wantsParameters && call.Wants(1))
        {
            call.SetOutput(1, PerChannel(x.DType, c => sums![c].Product * scales[c].InverseDeviation));
        }

        if (wantsParameters && call.Wants(2))
        {
            call.SetOutput(2, PerChannel(x.DType, c => sums![c].Sum));
        }

        if (masked is not null && call.Wants(_residual))
        {
            call.SetOutput(_residual, layout.Turn<T>(masked));
        }
    }

    private unsafe (double Sum, double Product)[] Sums<T>(
        ChannelLayout layout,
        ChannelScale[] scales,
        OperatorCall call,
        Tensor x,
        Tensor dy,
        Tensor? masked
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor? y = masked is null ? null : layout.Turn<T>(call.Inputs[_y]);
        (double Sum, double Product)[] sums = ChannelNormalization<T>.Sums(
            layout.Geometry,
            scales,
            options.Relu && !options.Residual,
            x.Pointer<T>(),
            y is null ? null : y.Pointer<T>(),
            dy.Pointer<T>(),
            masked is null ? null : masked.Pointer<T>()
        );
        GC.KeepAlive(y);
        return sums;
    }

    private Tensor PerChannel(DType dtype, Func<int, double> value)
    {
        int next = 0;
        return Tensor.Generate([options.Channels], dtype, () => value(next++));
    }

    /// <summary>Second order: see <see cref="NormalizationCurvature"/>. A ReLU masks what comes in and what goes out, and its
    /// mask changes only in steps.</summary>
    /// <param name="call">The call.</param>
    protected override void Differentiate(GradientCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Tensor x = call.Input(0);
        int[] axes = [0, .. Enumerable.Range(2, x.Rank - 2)],
            aligned = [1, options.Channels, .. Enumerable.Repeat(1, x.Rank - 2)];
        Tensor Number(int column) => new ScaleNumber(column, x.DType, aligned).Apply(call.Input(2));
        Tensor? Aligned(Tensor? values) => values?.Reshape(aligned);
        NormalizationCurvature curvature = new(
            x,
            Masked(call, call.Input(1)),
            Aligned(options.Affine ? call.Input(3) : null),
            (call.GradientOrNone(0), Aligned(GradientOf(call, 1)), Aligned(GradientOf(call, 2))),
            axes,
            options.UsesBatch ? NormalizationStatistics.Of(x, axes, options.Epsilon) : new(Number(0), Number(1), null)
        );
        call.GiveOrNone(0, call.Needs(0) ? curvature.ForX() : null);
        if (call.Needs(1))
        {
            Tensor? direct = options.Residual ? call.GradientOrNone(_residual) : null,
                through = curvature.ForGradient();
            Tensor? both = through is null || direct is null ? through ?? direct : through + direct;
            call.GiveOrNone(1, both is null ? null : Masked(call, both));
        }

        if (call.Needs(3) && options.Affine)
        {
            call.GiveOrNone(3, curvature.ForWeight()?.Reshape(options.Channels));
        }

        call.GiveNone(2);
        if (options.Residual)
        {
            call.GiveNone(_y);
        }
    }

    private Tensor? GradientOf(GradientCall call, int output) => options.Affine ? call.GradientOrNone(output) : null;

    private Tensor Masked(GradientCall call, Tensor tensor) =>
        options.Residual ? new NormalizationMask(fromOutput: true).Apply(tensor, call.Input(_y))
        : options.Relu ? new NormalizationMask(fromOutput: false).Apply(tensor, call.Input(0), call.Input(2))
        : tensor;

    internal override TrainingForm? FormInTraining(Node node) => TrainedNormalizationGradient.Of(node, options);
}
