namespace Fovea.Tests;

public sealed class GradientCheckTests
{
    [Fact]
    public void FirstDisagreement_WrongGradient_IsNamed()
    {
        Tensor x = GradientCase.Leaf([3]);
        string? found = GradientCheck.FirstDisagreement(i => new WrongSquare(1.01).Apply(i[0]), [x]);
        Assert.NotNull(found);
        Assert.StartsWith("input 0 [3], element 0: analytic", found, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstDisagreement_RightGradient_IsNull() =>
        Assert.Null(GradientCheck.FirstDisagreement(i => new WrongSquare(1.0).Apply(i[0]), [GradientCase.Leaf([3])]));

    [Fact]
    public void FirstDisagreement_MissingGradient_IsNamed()
    {
        string? found = GradientCheck.FirstDisagreement(
            i => i[0].Square() + i[1].Detach(),
            [GradientCase.Leaf([2]), GradientCase.Leaf([2], "b")]
        );
        Assert.Equal("input 1 [2]: no gradient arrived", found);
    }

    [Fact]
    public void FirstDisagreement_FloatInput_IsRefused()
    {
        Tensor x = Tensor.Ones([2]);
        x.RequiresGrad = true;
        Assert.Throws<ArgumentException>(() => GradientCheck.FirstDisagreement(i => i[0].Square(), [x]));
    }

    /// <summary>x squared, with a gradient off by a factor.</summary>
    private sealed class WrongSquare(double factor) : Operator
    {
        public override string Name => "WrongSquare";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call)
        {
            call.Save(call.Inputs[0]);
            return call.Inputs[0].Detach().Square();
        }

        protected override void Backward(OperatorCall call, Tensor gradient) =>
            call.Accumulate(0, call.Saved[0].Detach() * gradient * (2 * factor));
    }
}
