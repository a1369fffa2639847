using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>y = conv(x, w) + bias on maps. The weights are packed in every run, as they change between runs.</summary>
internal sealed unsafe class ForwardConvolutionPass : TrainingPass
{
    private const int SpareBiases = 64; // a tile loads the biases of all its channels, also of those that are not there

    private readonly TrainedConvolution _form;
    private readonly IBlockedKernel _kernel;
    private readonly AlgorithmChoice _choice;
    private readonly NetworkBuffer _x;
    private readonly NetworkBuffer _y;
    private readonly int _batch;
    private float* _shared;

    /// <summary>Plans it.</summary>
    public ForwardConvolutionPass(TrainedConvolution form, TrainingBinding binding)
    {
        (_form, _batch) = (form, binding.Batch);
        (_x, _y) = (binding[form.Key], binding[form.Node.Output]);
        _choice = ConvolutionPlanner.Choose(form.Question(_batch), CpuProfile.Current);
        _kernel = ConvolutionKernel
            .KernelOf(form.Geometry, _x.Layout, _y.Layout, _choice, CpuProfile.Current)
            .ForItems(_batch);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => _form.Geometry.MultiplyAdds * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    public override long SharedFloats => PackedFloats + (_y.Layout.Blocks * TileCall.Block) + SpareBiases;

    private long PackedFloats => (_kernel.PackedSize + TileCall.Block - 1) / TileCall.Block * TileCall.Block;

    /// <inheritdoc/>
    public override void Begin(TrainingRun run)
    {
        _shared = run.Shared;
        Tensor weight = run.Get(_form.Node.Inputs[1]);
        _kernel.Pack(WeightView.Of(weight.Pointer<float>(), _form.Geometry), _shared);
        Span<float> biases = new(_shared + PackedFloats, (int)(SharedFloats - PackedFloats));
        biases.Clear();
        if (_form.Node.Inputs.Count > 2)
        {
            run.Get(_form.Node.Inputs[2]).ToArray<float>().CopyTo(biases);
        }

        GC.KeepAlive(weight);
    }

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        _y.ZeroHalos(arena, _batch, job, jobs);
        ConvolutionCall call = new()
        {
            X = _x.At(arena),
            XItem = _x.ItemStride,
            Y = _y.At(arena),
            YItem = _y.ItemStride,
            Weights = _shared,
            Bias = _shared + PackedFloats,
            Items = _batch,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
            Part = job,
            Parts = jobs,
        };
        _kernel.Run(call, WorkspaceOf(arena, job));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_form.Node.Name}: {_choice.Name} ({_choice.Reason})";
}

/// <summary>The gradient of a convolution's input, on maps.</summary>
internal sealed unsafe class DataGradientPass : TrainingPass
{
    private const int SpareBiases = 64;

    private readonly Node _node;
    private readonly DataGradient _kernel;
    private readonly NetworkBuffer _dy;
    private readonly NetworkBuffer _dx;
    private readonly int _batch;
    private float* _shared;

    /// <summary>Plans it.</summary>
    public DataGradientPass(TrainedDataGradient form, TrainingBinding binding)
    {
        (_node, _batch) = (form.Node, binding.Batch);
        (_dy, _dx) = (binding[_node.Inputs[0]], binding[_node.Output]);
        _kernel = new(form.Geometry, _dy.Layout, _dx.Layout, Precision.Default, _batch, CpuProfile.Current);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => _kernel.Geometry.MultiplyAdds * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    public override long SharedFloats => _kernel.PackedSize + (_dx.Layout.Blocks * TileCall.Block) + SpareBiases;

    /// <inheritdoc/>
    public override void Begin(TrainingRun run)
    {
        _shared = run.Shared;
        Tensor weight = run.Get(_node.Inputs[1]);
        _kernel.Pack(weight.Pointer<float>(), _shared);
        new Span<float>(_shared + _kernel.PackedSize, (int)(SharedFloats - _kernel.PackedSize)).Clear();
        GC.KeepAlive(weight);
    }

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        _dx.ZeroHalos(arena, _batch, job, jobs);
        ConvolutionCall call = new()
        {
            X = _dy.At(arena),
            XItem = _dy.ItemStride,
            Y = _dx.At(arena),
            YItem = _dx.ItemStride,
            Weights = _shared,
            Bias = _shared + _kernel.PackedSize,
            Items = _batch,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
            Part = job,
            Parts = jobs,
        };
        _kernel.Run(call, WorkspaceOf(arena, job));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_node.Name}: gradient of data, {_kernel}";
}

/// <summary>The gradient of a convolution's weights, from maps.</summary>
internal sealed unsafe class WeightsGradientPass : TrainingPass
{
    private readonly TrainedWeightsGradient _form;
    private readonly IWeightsGradient _kernel;
    private readonly NetworkBuffer _x;
    private readonly NetworkBuffer _dy;
    private readonly int _batch;
    private float* _shared;

    /// <summary>Plans it.</summary>
    public WeightsGradientPass(TrainedWeightsGradient form, TrainingBinding binding)
    {
        (_form, _batch) = (form, binding.Batch);
        (_x, _dy) = (binding[form.Key], binding[form.Node.Inputs[1]]);
        (ConvolutionGeometry g, CpuProfile cpu) = (form.Geometry, CpuProfile.Current);
        _kernel =
            !WeightsGradient.Supports(g) ? new DepthwiseWeightsGradient(g, _x.Layout, _dy.Layout, cpu)
            : form.MayBeWinograd && WinogradWeightsGradient.IsQuicker(g, _batch, cpu)
                ? new WinogradWeightsGradient(g, _x.Layout, _dy.Layout, _batch, cpu)
            : new WeightsGradient(g, _x.Layout, _dy.Layout, cpu);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => _form.Geometry.MultiplyAdds * _batch;

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    public override long SharedFloats => _kernel.SumsSize;

    /// <inheritdoc/>
    public override int Jobs(int threads) => Math.Min(base.Jobs(threads), _kernel.Units);

    /// <inheritdoc/>
    public override void Begin(TrainingRun run) => _shared = run.Shared;

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        WeightsGradientCall call = new()
        {
            X = _x.At(arena),
            XItem = _x.ItemStride,
            Dy = _dy.At(arena),
            DyItem = _dy.ItemStride,
            Items = _batch,
            Sums = _shared,
        };
        _kernel.Run(call, WorkspaceOf(arena, job), job, jobs);
    }

    /// <inheritdoc/>
    public override void End(TrainingRun run)
    {
        Tensor dw = Tensor.Uninitialized(_form.Node.Output.Shape.Single, DType.Float32);
        _kernel.Unpack(_shared, dw.Pointer<float>());
        GC.KeepAlive(dw);
        run.Set(_form.Node.Output, dw);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_form.Node.Name}: gradient of weights, {_kernel.Name}";
}
