using Fovea.Kernels;

namespace Fovea;

/// <summary>One step of a network compiled for a batch.</summary>
internal abstract unsafe class Runner
{
    /// <summary>Multiply-adds that are not worth sharing out: they take about as long as waking another thread, 2
    /// microseconds.</summary>
    private const long SmallProducts = 200_000;

    /// <summary>Floats of an output that are not worth sharing out.</summary>
    protected const long SmallOutput = 12_000;

    /// <summary>Jobs that may run at the same time: one a thread, where there are enough multiply-adds.</summary>
    public virtual int Jobs(int threads) => MultiplyAdds < SmallProducts ? 1 : threads;

    /// <summary>Runs one of them.</summary>
    public abstract void Run(float* arena, int job, int jobs);

    /// <summary>Multiply-adds of the batch, by direct sums; 0 where it has none.</summary>
    public virtual long MultiplyAdds => 0;

    /// <summary>Floats of working memory that each job needs.</summary>
    public virtual long WorkspaceFloats => 0;

    /// <summary>Where its packed weights begin; null where it has none.</summary>
    public virtual float* Weights => null;

    /// <summary>The weights of the step that has some next, asked for while this one ends; may be null.</summary>
    public float* NextWeights { get; set; }

    /// <summary>Where the working memory of the jobs begins, in floats from the arena's start, and floats from one
    /// job's to the next: set by the plan.</summary>
    public (long Start, long Stride) Workspaces { get; set; }

    /// <summary>The working memory of a job.</summary>
    protected float* WorkspaceOf(float* arena, int job) => arena + Workspaces.Start + (job * Workspaces.Stride);

    /// <summary>What it does, for people.</summary>
    public abstract override string ToString();
}

/// <summary>A step that works on each item by itself, and on parts of items where there are fewer items than
/// threads.</summary>
internal abstract unsafe class ItemRunner(int batch, NetworkBuffer output) : Runner
{
    /// <summary>Items in the batch.</summary>
    protected int Batch => batch;

    /// <summary>Where the result goes.</summary>
    protected NetworkBuffer Output { get; } = output;

    /// <inheritdoc/>
    public override int Jobs(int threads) =>
        Output.Layout.Item * batch < SmallOutput || batch >= threads ? batch : batch * threads;

    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        int parts = jobs / batch,
            item = job / parts,
            part = job % parts;
        float* y = At(arena, Output, item);
        (int first, int end) = WorkerPool.Share(Output.Layout.Blocks, part, parts);
        BlockedMaps.ZeroHalo(Output.Layout, y, first, end);
        Run(arena, item, y, part, parts);
    }

    /// <summary>Runs a part of an item; the halo of the output is zero already.</summary>
    protected abstract void Run(float* arena, int item, float* y, int part, int parts);

    /// <summary>Where an item of a buffer lies.</summary>
    protected static float* At(float* arena, NetworkBuffer buffer, int item) =>
        arena + buffer.Offset + (item * buffer.ItemStride);

    /// <summary>A part of the output.</summary>
    protected MapPart PartOf(int part, int parts) => MapPart.Of(Output.Layout, part, parts);
}

/// <summary>A convolution: parts of the whole batch.</summary>
internal sealed unsafe class ConvolutionRunner(
    ConvolutionKernel kernel,
    int batch,
    NetworkBuffer input,
    NetworkBuffer? add,
    NetworkBuffer output,
    FusedStep step
) : Runner
{
    /// <inheritdoc/>
    public override long MultiplyAdds => kernel.MultiplyAdds * batch;

    /// <inheritdoc/>
    public override long WorkspaceFloats => kernel.WorkspaceFloats;

    /// <inheritdoc/>
    public override float* Weights => kernel.Weights;

    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {kernel}";

    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        output.ZeroHalos(arena, batch, job, jobs);
        ConvolutionCall call = new()
        {
            X = arena + input.Offset,
            XItem = input.ItemStride,
            Add = add is null ? null : arena + add.Offset,
            AddItem = add?.ItemStride ?? 0,
            Y = arena + output.Offset,
            YItem = output.ItemStride,
            Items = batch,
            Low = step.Low,
            High = step.High,
            Map = step.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        kernel.Run(call, WorkspaceOf(arena, job));
    }
}

/// <summary>A matrix product: the items of the batch stand for pixels.</summary>
internal sealed unsafe class LinearRunner(
    ConvolutionKernel kernel,
    NetworkBuffer input,
    NetworkBuffer output,
    FusedStep step
) : Runner
{
    /// <inheritdoc/>
    public override long MultiplyAdds => kernel.MultiplyAdds;

    /// <inheritdoc/>
    public override float* Weights => kernel.Weights;

    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        ConvolutionCall call = new()
        {
            X = arena + input.Offset,
            Y = arena + output.Offset,
            Items = 1,
            Low = step.Low,
            High = step.High,
            Map = step.Map,
            Next = NextWeights,
            Part = job,
            Parts = jobs,
        };
        kernel.Run(call, null);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {kernel}";
}

/// <summary>The sum of two maps.</summary>
internal sealed unsafe class SumRunner(
    int batch,
    NetworkBuffer a,
    NetworkBuffer b,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: sum";

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        BlockedMaps.Add(
            a.Layout,
            At(arena, a, item),
            b.Layout,
            At(arena, b, item),
            Output.Layout,
            y,
            step.Low,
            step.High,
            own,
            CpuTier.Bits
        );
        if (step.Map is not null)
        {
            BlockedMaps.Map(step.Map, Output.Layout, y, Output.Layout, y, own);
        }
    }
}

/// <summary>Factors and terms by channel: from a normalization, or a gate computed by the network.</summary>
internal sealed unsafe class ScaleRunner(
    int batch,
    NetworkBuffer input,
    NetworkBuffer? gate,
    float[]? scale,
    float[]? shift,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {(gate is null ? "scale and shift" : "gate")}";

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        float* gates = stackalloc float[gate is null ? 1 : Output.Layout.Blocks * TileCall.Block];
        gate?.ReadPixel(arena, item, gates);
        fixed (
            float* s = scale,
                t = shift
        )
        {
            BlockedMaps.ScaleShift(
                input.Layout,
                At(arena, input, item),
                gate is null ? s : gates,
                t,
                Output.Layout,
                y,
                step.Low,
                step.High,
                own,
                CpuTier.Bits
            );
        }

        if (step.Map is not null)
        {
            BlockedMaps.Map(step.Map, Output.Layout, y, Output.Layout, y, own);
        }
    }
}

/// <summary>A function of each element.</summary>
internal sealed unsafe class MapRunner(
    int batch,
    NetworkBuffer input,
    ElementMap map,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {step.Node.Operator.Name}";

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        BlockedMaps.Map(map, input.Layout, At(arena, input, item), Output.Layout, y, own);
    }
}

/// <summary>A pool.</summary>
internal sealed unsafe class PoolRunner(
    int batch,
    NetworkBuffer input,
    PoolForm form,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    private readonly BlockedPooling _pool = new(
        form.Windows,
        form.Mean,
        form.Divisor,
        input.Layout,
        output.Layout,
        CpuTier.Bits
    );

    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {step.Node.Operator.Name}";

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        MapPart own = PartOf(part, parts);
        _pool.Run(At(arena, input, item), y, own);
    }
}

/// <summary>Channels behind one another: those that were not computed where they belong are copied; one job an
/// item.</summary>
internal sealed unsafe class ConcatRunner(
    int batch,
    (NetworkBuffer Input, int Channel)[] copied,
    NetworkBuffer output,
    FusedStep step
) : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: concat";

    /// <inheritdoc/>
    public override int Jobs(int threads) => base.Jobs(1);

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        foreach ((NetworkBuffer input, int channel) in copied)
        {
            BlockedMaps.Append(input.Layout, At(arena, input, item), Output.Layout, y, channel, CpuTier.Bits);
        }
    }
}

/// <summary>The same elements in another layout; one job an item.</summary>
internal sealed unsafe class ViewRunner(int batch, NetworkBuffer input, NetworkBuffer output, FusedStep step)
    : ItemRunner(batch, output)
{
    /// <inheritdoc/>
    public override string ToString() => $"{step.Node.Name}: {step.Node.Operator.Name}";

    /// <inheritdoc/>
    public override int Jobs(int threads) => base.Jobs(1);

    /// <inheritdoc/>
    protected override void Run(float* arena, int item, float* y, int part, int parts)
    {
        using Scratch plain = new((long)input.Layout.Channels * input.Layout.Rows * input.Layout.Width);
        BlockedMaps.ToPlanes(input.Layout, At(arena, input, item), plain.Pointer);
        BlockedMaps.FromPlanes(plain.Pointer, Output.Layout, y);
    }
}

/// <summary>An operator that has no form: run as it is, between copies.</summary>
internal sealed unsafe class EagerRunner(int batch, Node node, IReadOnlyDictionary<Value, NetworkBuffer> buffers)
    : Runner
{
    /// <inheritdoc/>
    public override void Run(float* arena, int job, int jobs)
    {
        using NoGrad quiet = NoGrad.Enter();
        Tensor[] inputs = [.. node.Inputs.Select(i => i.Tensor ?? ItemCopy.Read(arena, buffers[i], i.Shape.At(batch)))];
        Tensor y = node.Operator.Apply(inputs);
        ItemCopy.Write(y, 0, y.Shape[0], arena, buffers[node.Output]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{node.Name}: {node.Operator.Name}, eager";
}
