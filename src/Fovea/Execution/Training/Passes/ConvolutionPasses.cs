using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A convolution of maps, or the gradient of its input. The weights are packed in every run, as they change between
/// runs.</summary>
/// <param name="geometry">Sizes of the convolution of an item.</param>
/// <param name="from">The maps read.</param>
/// <param name="to">The maps written.</param>
/// <param name="batch">Items.</param>
internal abstract unsafe class PackedPass(ConvolutionGeometry geometry, NetworkBuffer from, NetworkBuffer to, int batch)
    : TrainingPass
{
    private float* _shared;

    /// <inheritdoc/>
    public override long MultiplyAdds => geometry.MultiplyAdds * batch;

    /// <inheritdoc/>
    public override long SharedFloats => Biases + (to.Layout.Blocks * TileCall.Block) + PackedWeights.MostTileOutputs;

    /// <summary>Floats of the packed weights.</summary>
    protected abstract long PackedSize { get; }

    /// <summary>Where the biases stand behind the packed weights.</summary>
    private long Biases => (PackedSize + TileCall.Block - 1) / TileCall.Block * TileCall.Block;

    /// <inheritdoc/>
    public override void Begin(TrainingRun run)
    {
        _shared = run.Shared;
        Span<float> biases = new(_shared + Biases, (int)(SharedFloats - Biases));
        biases.Clear();
        Pack(run, _shared, biases);
    }

    /// <inheritdoc/>
    public override void Run(byte* arena, int job, int jobs)
    {
        to.ZeroHalos(arena, batch, job, jobs);
        ConvolutionCall call = new()
        {
            X = from.At(arena),
            XItem = from.ItemStride,
            Y = to.At(arena),
            YItem = to.ItemStride,
            Weights = _shared,
            Bias = _shared + Biases,
            Items = batch,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
            Part = job,
            Parts = jobs,
        };
        Run(call, WorkspaceOf(arena, job));
    }

    /// <summary>Packs the weights, and fills in biases where there are some; they are 0 already.</summary>
    protected abstract void Pack(TrainingRun run, float* packed, Span<float> biases);

    /// <summary>Computes a part.</summary>
    protected abstract void Run(in ConvolutionCall call, float* workspace);
}

/// <summary>y = conv(x, w) + bias on maps.</summary>
internal sealed unsafe class ForwardConvolutionPass(TrainedConvolution form, TrainingBinding binding)
    : PackedPass(form.Geometry, binding[form.Key], binding[form.Node.Output], binding.Batch)
{
    private readonly AlgorithmChoice _choice = form.ChoiceFor(binding.Batch);
    private readonly IBlockedKernel _kernel = ConvolutionKernel
        .KernelOf(
            form.Geometry,
            binding[form.Key].Layout,
            binding[form.Node.Output].Layout,
            form.ChoiceFor(binding.Batch),
            CpuProfile.Current
        )
        .ForItems(binding.Batch);

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    protected override long PackedSize => _kernel.PackedSize;

    /// <inheritdoc/>
    protected override void Pack(TrainingRun run, float* packed, Span<float> biases)
    {
        Tensor weight = run.Get(form.Node.Inputs[1]);
        _kernel.Pack(WeightView.Of(weight.Pointer<float>(), form.Geometry), packed);
        GC.KeepAlive(weight);
        if (form.Node.Inputs.Count > 2)
        {
            run.Get(form.Node.Inputs[2]).ToArray<float>().CopyTo(biases);
        }
    }

    /// <inheritdoc/>
    protected override void Run(in ConvolutionCall call, float* workspace) => _kernel.Run(call, workspace);

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: {_choice.Name} ({_choice.Reason})";
}

/// <summary>The gradient of a convolution's input, on maps.</summary>
internal sealed unsafe class DataGradientPass(TrainedDataGradient form, TrainingBinding binding)
    : PackedPass(form.Geometry, binding[form.Node.Inputs[0]], binding[form.Node.Output], binding.Batch)
{
    private readonly DataGradient _kernel = new(
        form.Geometry,
        binding[form.Node.Inputs[0]].Layout,
        binding[form.Node.Output].Layout,
        Precision.Default,
        binding.Batch,
        CpuProfile.Current
    );

    /// <inheritdoc/>
    public override long WorkspaceBytes => _kernel.WorkspaceSize * sizeof(float);

    /// <inheritdoc/>
    protected override long PackedSize => _kernel.PackedSize;

    /// <inheritdoc/>
    protected override void Pack(TrainingRun run, float* packed, Span<float> biases)
    {
        Tensor weight = run.Get(form.Node.Inputs[1]);
        _kernel.Pack(weight.Pointer<float>(), packed);
        GC.KeepAlive(weight);
    }

    /// <inheritdoc/>
    protected override void Run(in ConvolutionCall call, float* workspace) => _kernel.Run(call, workspace);

    /// <inheritdoc/>
    public override string ToString() => $"{form.Node.Name}: gradient of data, {_kernel}";
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
