namespace Fovea.Files;

/// <summary>A stretch of a source as a stream.</summary>
/// <param name="source">The source.</param>
/// <param name="offset">First byte.</param>
/// <param name="length">Number of bytes.</param>
internal sealed class SourceStream(ByteSource source, long offset, long length) : Stream
{
    private long _at;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _at;
        set =>
            _at =
                value >= 0 && value <= length
                    ? value
                    : throw new InvalidDataException(
                        $"{source.Name}: goes on at byte {offset + value} of {offset + length}. The file was cut short or is damaged."
                    );
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - _at);
        source.Read(offset + _at, buffer[..count]);
        _at += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _at + offset,
            _ => length + offset,
        };

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
