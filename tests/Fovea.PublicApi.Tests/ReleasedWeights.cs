using Fovea.Interop;
using Fovea.Models;

namespace Fovea.PublicApi.Tests;

/// <summary>The program of the page about performance.</summary>
public sealed class ReleasedWeights
{
    [Fact]
    public void Network_AsWritten_AnswersAsTheModuleDid()
    {
        const int batch = 2;
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            (Module module, Shape itemShape) = ModelSource.Create("small_cnn");
            Tensor x = Tensor.Normal([batch, .. itemShape.Sizes], rng: new Rng(2));
            module.Initialize(seed: 1).Eval();
            float[] expected = NoGrad.Run(() => module.Forward(x)).ToArray();
            module.Save(path);
            module.Initialize(seed: 3);

            module.Load(path); // a safetensors file
            // The module's own weights are given up as they are packed.
            CompiledNetwork network = module.Eval().Compile(itemShape).Prepare(batch, release: true);
            Assert.All(
                network.Run(x).ToArray().Zip(expected),
                pair => Assert.Equal(pair.Second, pair.First, tolerance: 1e-4f)
            );
        }
        finally
        {
            File.Delete(path);
        }
    }
}
