using Xunit;

namespace Fovea.Tests.Execution;

/// <summary>Values of other element types within compiled networks.</summary>
public sealed class CompiledElementTypesTests
{
    [Fact]
    public void Run_IntegersInside_GivesWhatEagerGives()
    {
        // Truncated towards zero, in four widths so that rows of 16 are begun and filled.
        Lambda network = new(x => x.To(DType.Int64).To(DType.Float32) + (x.To(DType.Float64) * 3.0).To(DType.Float32));
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 42).Select(i => (i - 20) * 0.75f)], [2, 21]);
        float[] expected = [.. x.ToArray().Select(v => MathF.Truncate(v) + (3f * v))];
        Assert.Equal(expected, network.Compile([21]).Run(x).ToArray());
    }

    [Fact]
    public void Run_ConditionKeptAsIntegers_ChoosesAsEagerDoes()
    {
        Lambda network = new(x =>
        {
            Tensor isPositive = (x > 0.0).To(DType.Int64);
            return Tensor.Where(
                isPositive.Reshape(-1, 4, 3).To(DType.Float32),
                x.Reshape(-1, 4, 3),
                -x.Reshape(-1, 4, 3)
            );
        });
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 36).Select(i => i % 2 == 0 ? i : -i)], [3, 12]);
        float[] expected = [.. x.ToArray().Select(MathF.Abs)];
        Assert.Equal(expected, network.Compile([12]).Run(x).ToArray());
    }
}
