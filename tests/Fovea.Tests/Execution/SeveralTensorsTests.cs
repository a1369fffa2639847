namespace Fovea.Tests;

/// <summary>Compiled networks of several inputs and outputs give what eager execution gives.</summary>
public sealed class SeveralTensorsTests
{
    [Fact]
    public void RunAll_RandomPrograms_AgreesWithEager()
    {
        int compared = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            RandomProgram program = RandomProgram.Draw(new Rng(seed));
            program.Eval();
            CompiledNetwork network = Graph.Trace(program, program.Inputs).Compile(Precision.Strict);
            foreach (int batch in new[] { 1, 2, 5 })
            {
                Tensor[] x = program.Data(batch, new Rng(seed + 1000));
                IReadOnlyList<Tensor> eager = NoGrad.Run(() => program.ForwardAll(x)),
                    own = network.RunAll(x);
                for (int i = 0; i < eager.Count; i++)
                {
                    RequireNear(eager[i], own[i], $"seed {seed}, batch {batch}, output {i}: {program.Text}");
                }

                compared++;
            }
        }

        Assert.Equal(900, compared);
    }

    [Fact]
    public void RunAll_TwoInputsOfDifferentBatches_AreRefused()
    {
        CompiledNetwork network = Graph
            .Trace(new Pair(), [GraphInput.OfItems("a", [3]), GraphInput.OfItems("b", [3])])
            .Compile();
        Assert.Equal(
            "Pair: input 'b' takes [N, 3], got [4, 3] with 2 items in the inputs before.",
            Assert.Throws<ShapeException>(() => network.RunAll(Tensor.Ones([2, 3]), Tensor.Ones([4, 3]))).Message
        );
        Assert.Equal(
            "Pair: has 2 inputs and 2 outputs; Run is for one of each. Call RunAll.",
            Assert.Throws<ShapeException>(() => network.Run(Tensor.Ones([2, 3]))).Message
        );
        Assert.All(network.RunAll(Tensor.Ones([0, 3]), Tensor.Ones([0, 3])), y => Assert.Equal<Shape>([0, 3], y.Shape));
    }

    private static void RequireNear(Tensor expected, Tensor actual, string what)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: {actual.Shape} instead of {expected.Shape}");
        float[] a = expected.ToArray(),
            b = actual.ToArray();
        float scale = Math.Max(1e-3f, a.Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < a.Length; i++)
        {
            Assert.True(
                Math.Abs(a[i] - b[i]) <= 1e-4f * scale || a[i].Equals(b[i]),
                $"{what}: element {i} is {b[i]} instead of {a[i]}"
            );
        }
    }

    private sealed class Pair : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) =>
            [inputs[0] + inputs[1], inputs[0]];
    }
}
