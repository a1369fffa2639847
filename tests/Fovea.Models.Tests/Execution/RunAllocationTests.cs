using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>A run of a compiled network allocates its result and nothing else, on any of its threads.</summary>
[Collection("threads")]
public sealed class RunAllocationTests
{
    [Theory]
    [InlineData("googlenet(width=0.25)", 1, 1)]
    [InlineData("googlenet(width=0.25)", 2, 1)]
    [InlineData("googlenet(width=0.25)", 2, 3)]
    [InlineData("resnet18(width=0.5)", 1, 2)]
    [InlineData("resnet18(width=0.5)", 2, 2)]
    [InlineData("mobilenet_v3_small", 2, 1)]
    [InlineData("vgg11(width=0.25)", 2, 1)]
    public void Run_WarmNetwork_AllocatesItsResultAlone(string text, int threads, int batch)
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = threads;
            Shape item = [3, 64, 64];
            CompiledNetwork network = ModelRegistry.Create(text, item).Model.Eval().Compile(item);
            Tensor x = Tensor.Normal([batch, 3, 64, 64], rng: new Rng(9));
            Shape output = network.Run(x).Shape;
            long result = AllocatedMemory.OfTensor(output),
                run = AllocatedMemory.Least(() => network.Run(x));
            Assert.True(
                run <= result,
                $"{text}, {threads} threads, batch {batch}: a run allocates {run} bytes, a tensor of its result's shape {output} {result}"
            );
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
